import { readdirSync, readFileSync } from 'node:fs';

/** Seconds of CPU that all threads of a process have used; undefined where that cannot be read, as without `/proc`. */
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

/** Memory of a process that is in RAM, in megabytes (10⁶ bytes); undefined where that cannot be read. */
export function residentMb(pid: number): number | undefined {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? undefined : (Number(kibibytes) * 1024) / 1e6;
  } catch {
    return undefined;
  }
}

/** Seconds of CPU that all processes of the machine have used together, and those that it was idle. */
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
