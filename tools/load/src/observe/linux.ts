import { readdirSync, readFileSync } from 'node:fs';

/** CPU seconds used by all threads of a process; undefined if unavailable, as without `/proc`. */
export function cpuSeconds(pid: number): number | undefined {
  try {
    // Nanoseconds on a CPU: `/proc/PID/stat` has hundredths of a second only.
    const nanoseconds = readdirSync(`/proc/${pid}/task`).map((task) =>
      Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
    );
    return nanoseconds.reduce((sum, value) => sum + value, 0) / 1e9;
  } catch {
    return undefined;
  }
}

/** Resident memory of a process, in megabytes (10⁶ bytes); undefined if unavailable. */
export function residentMb(pid: number): number | undefined {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? undefined : (Number(kibibytes) * 1024) / 1e6;
  } catch {
    return undefined;
  }
}

/** Busy and idle CPU seconds of the machine since boot; undefined if unavailable. */
export function machineSeconds(): { readonly busy: number; readonly idle: number } | undefined {
  try {
    const [, ...ticks] =
      readFileSync('/proc/stat', 'utf8')
        .split('\n')[0]
        ?.split(/\s+/)
        .slice(0, 9)
        .map((it) => Number(it)) ?? [];
    const [, , , idle = 0, wait = 0] = ticks;
    const all = ticks.reduce((sum, value) => sum + value, 0);
    return { busy: (all - idle - wait) / 100, idle: (idle + wait) / 100 };
  } catch {
    return undefined;
  }
}
