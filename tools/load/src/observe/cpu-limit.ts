import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PERIOD_US = 100_000;

/** CPU limit of a process. */
export interface CpuLimit {
  /** Mechanism of the kernel. */
  readonly by: 'cgroup v2' | 'cgroup v1';
  /** Periods of 100 ms in which it ran so far, those in which it was throttled, and the total wait in milliseconds. */
  throttled(): { readonly periods: number; readonly throttled: number; readonly ms: number };
  /** Removes the limit. */
  release(): void;
}

const ROOT = '/sys/fs/cgroup';

/**
 * Limits a process to a share of one core, like a Fargate task, by a control group. Undefined if that is not allowed, as
 * usually in containers and without root: then only its CPU time can be measured.
 */
export function limitCpu(pid: number, cores: number): CpuLimit | undefined {
  const name = `tandem-load-${pid}`;
  const quota = String(Math.round(cores * PERIOD_US));
  try {
    if (readFileSync(join(ROOT, 'cgroup.controllers'), 'utf8').split(/\s+/).includes('cpu')) {
      writeFileSync(join(ROOT, 'cgroup.subtree_control'), '+cpu');
      const set = (group: string) => writeFileSync(join(group, 'cpu.max'), `${quota} ${PERIOD_US}`);
      return enter(pid, ROOT, join(ROOT, name), 'cgroup v2', set);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return undefined;
  }
  try {
    const root = join(ROOT, 'cpu');
    return enter(pid, root, join(root, name), 'cgroup v1', (group) => {
      writeFileSync(join(group, 'cpu.cfs_period_us'), String(PERIOD_US));
      writeFileSync(join(group, 'cpu.cfs_quota_us'), quota);
    });
  } catch {
    return undefined;
  }
}

function enter(
  pid: number,
  root: string,
  group: string,
  by: CpuLimit['by'],
  set: (group: string) => void,
): CpuLimit {
  mkdirSync(group);
  try {
    set(group);
    writeFileSync(join(group, 'cgroup.procs'), String(pid));
  } catch (error) {
    rmdirSync(group);
    throw error;
  }
  const stat = (name: string) =>
    Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(readFileSync(join(group, 'cpu.stat'), 'utf8'))?.[1] ?? 0);
  return {
    by,
    throttled: () => ({
      periods: stat('nr_periods'),
      throttled: stat('nr_throttled'),
      ms: by === 'cgroup v2' ? stat('throttled_usec') / 1e3 : stat('throttled_time') / 1e6,
    }),
    release() {
      try {
        writeFileSync(join(root, 'cgroup.procs'), String(pid));
      } catch {
        // The process has exited, and thereby left the group.
      }
      rmdirSync(group);
    },
  };
}
