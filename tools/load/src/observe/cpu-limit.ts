import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** CPU limit of a process, until its disposal. */
export interface CpuLimit extends Disposable {
  /** Mechanism of the kernel. */
  readonly by: string;
}

const PERIOD_US = 100_000;

/** Both versions of control groups: where they are, and how CPU is limited. */
const mechanisms = [
  {
    by: 'cgroup v2',
    root: '/sys/fs/cgroup',
    enable: { 'cgroup.subtree_control': '+cpu' },
    limit: (quota: number) => ({ 'cpu.max': `${quota} ${PERIOD_US}` }),
  },
  {
    by: 'cgroup v1',
    root: '/sys/fs/cgroup/cpu',
    enable: {},
    limit: (quota: number) => ({ 'cpu.cfs_period_us': `${PERIOD_US}`, 'cpu.cfs_quota_us': `${quota}` }),
  },
];

/**
 * Limits a process to a share of one core, like a Fargate task, by a control group. Undefined if that is not allowed, as
 * usually in containers and without root: then only its CPU time can be measured.
 */
export function limitCpu(pid: number, cores: number): CpuLimit | undefined {
  for (const { by, root, enable, limit } of mechanisms) {
    const group = join(root, `tandem-load-${pid}`);
    try {
      writeAll(root, enable);
      mkdirSync(group);
    } catch {
      continue;
    }
    try {
      writeAll(group, { ...limit(Math.round(cores * PERIOD_US)), 'cgroup.procs': `${pid}` });
    } catch {
      rmdirSync(group);
      continue;
    }
    return {
      by,
      [Symbol.dispose]() {
        try {
          writeAll(root, { 'cgroup.procs': `${pid}` });
        } catch {
          // The process has exited, and thereby left the group.
        }
        rmdirSync(group);
      },
    };
  }
  return undefined;
}

/** Writes files of the kernel, which exist: in an ordinary directory they would be created. */
function writeAll(directory: string, values: Readonly<Record<string, string>>): void {
  for (const [file, value] of Object.entries(values))
    writeFileSync(join(directory, file), value, { flag: 'r+' });
}
