import { readdirSync, readFileSync } from 'node:fs';

/** Sample of a process: CPU seconds used so far, and resident memory in megabytes (10⁶ bytes). */
export interface ProcessSample {
  /** From the start of the run. */
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly residentMb: number;
}

/** Unit of `/proc/PID/stat`, which is the same on all architectures. */
const STEPS_PER_SECOND = 100;

/** CPU seconds used by the present threads of a process. Throws without `/proc`, which only Linux has. */
export function cpuSeconds(pid: number): number {
  // Nanoseconds on a CPU: `/proc/PID/stat` has hundredths of a second only.
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, value) => sum + value, 0) / 1e9;
}

/**
 * CPU seconds that a process has used since its start, also in threads that have ended, which other runtimes' often do. The
 * kernel counts user and system time in steps of 10 ms. Throws where the process has ended, and without `/proc`.
 */
export function processCpuSeconds(pid: number): number {
  return parseCpuSeconds(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** The CPU seconds in the text of `/proc/PID/stat`. */
export function parseCpuSeconds(stat: string): number {
  // The second field, the name of the program in parentheses, may contain spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / STEPS_PER_SECOND;
}

/** Samples processes once a second until it is stopped. Without `/proc` there are no samples. */
export function sampleProcesses(pids: Readonly<Record<string, number>>, elapsedMs: () => number) {
  const samples = new Map<string, ProcessSample[]>(Object.keys(pids).map((name) => [name, []]));
  const sampleAll = () => {
    for (const [name, pid] of Object.entries(pids)) {
      try {
        const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        const residentMb = (Number(kibibytes) * 1024) / 1e6;
        samples.get(name)?.push({ atMs: elapsedMs(), cpuSeconds: cpuSeconds(pid), residentMb });
      } catch {
        // The process has exited, or this is not Linux.
      }
    }
  };
  sampleAll();
  const timer = setInterval(sampleAll, 1_000);
  return {
    samples: samples as ReadonlyMap<string, readonly ProcessSample[]>,
    stop() {
      clearInterval(timer);
      sampleAll();
    },
  };
}

/** CPU in percent of one core and of 0.25 core, and peak memory; undefined for fewer than two samples. */
export function usageOf(samples: readonly ProcessSample[]) {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.atMs <= first.atMs) return undefined;
  const corePercent = (100_000 * (last.cpuSeconds - first.cpuSeconds)) / (last.atMs - first.atMs);
  const residentMb = Math.max(...samples.map((sample) => sample.residentMb));
  return { corePercent, quarterPercent: 4 * corePercent, residentMb };
}
