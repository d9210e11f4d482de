import { cpuSeconds, residentMb } from './linux.ts';

/** Sample of a process: CPU seconds used so far, and memory. */
export interface ProcessSample {
  /** From the start of the run. */
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly residentMb: number;
}

/** Samples processes once a second until it is stopped. Without `/proc` there are no samples. */
export function sampleProcesses(pids: Readonly<Record<string, number>>, elapsedMs: () => number) {
  const samples: Record<string, ProcessSample[]> = {};
  const sampleAll = () => {
    for (const [name, pid] of Object.entries(pids)) {
      const [used, memory] = [cpuSeconds(pid), residentMb(pid)];
      if (used === undefined || memory === undefined) continue;
      (samples[name] ??= []).push({ atMs: elapsedMs(), cpuSeconds: used, residentMb: memory });
    }
  };
  sampleAll();
  const timer = setInterval(sampleAll, 1_000);
  return {
    samples: samples as Readonly<Record<string, readonly ProcessSample[]>>,
    stop() {
      clearInterval(timer);
      sampleAll();
    },
  };
}

/** Usage of a process between two times of the run: CPU in percent of one core, and peak memory. */
export function usageOf(samples: readonly ProcessSample[], fromMs: number, toMs: number) {
  const within = samples.filter(({ atMs }) => atMs >= fromMs - 500 && atMs <= toMs + 1_500);
  const [first, last] = [within[0], within.at(-1)];
  if (!first || !last || last.atMs <= first.atMs) return undefined;
  return {
    corePercent: (100 * (last.cpuSeconds - first.cpuSeconds)) / ((last.atMs - first.atMs) / 1000),
    residentMb: Math.max(...within.map((sample) => sample.residentMb)),
  };
}
