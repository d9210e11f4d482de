import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PERIOD_US = 100_000;

/** A process that gets no more than so much CPU. */
export interface CpuLimit {
  /** How the kernel is told. */
  readonly by: 'cgroup v2' | 'cgroup v1';
  /** Periods of 100 ms in which it wanted more, of those in which it ran, and for how long it waited, so far. */
  throttled(): { readonly periods: number; readonly throttled: number; readonly ms: number };
  /** Lets it go. */
  release(): void;
}

const ROOT = '/sys/fs/cgroup';

/**
 * Gives a process a share of one core, as a task of Fargate has it, by a control group of its own. Undefined where that is
 * not allowed, as a rule in containers and without root: then its CPU time is all there is to go by.
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
        // It has ended, and left the group by that.
      }
      rmdirSync(group);
    },
  };
}
