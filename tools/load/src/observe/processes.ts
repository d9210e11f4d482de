import { cpuSeconds, residentMb } from './linux.ts';

/** A look at a process: how much CPU it has used so far, in seconds, and its memory. */
export interface Look {
  /** From the start of the run. */
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly residentMb: number;
}

/** Looks at processes once a second until it is stopped. Without `/proc` it sees none. */
export function watchProcesses(pids: Readonly<Record<string, number>>, elapsedMs: () => number) {
  const looks: Record<string, Look[]> = {};
  const look = () => {
    for (const [name, pid] of Object.entries(pids)) {
      const [used, memory] = [cpuSeconds(pid), residentMb(pid)];
      if (used === undefined || memory === undefined) continue;
      (looks[name] ??= []).push({ atMs: elapsedMs(), cpuSeconds: used, residentMb: memory });
    }
  };
  look();
  const timer = setInterval(look, 1_000);
  return {
    looks: looks as Readonly<Record<string, readonly Look[]>>,
    stop() {
      clearInterval(timer);
      look();
    },
  };
}

/** What a process used between two moments of the run: CPU in percent of one core, memory at its highest. */
export function usageOf(looks: readonly Look[], fromMs: number, toMs: number) {
  const within = looks.filter(({ atMs }) => atMs >= fromMs - 500 && atMs <= toMs + 1_500);
  const [first, last] = [within[0], within.at(-1)];
  if (!first || !last || last.atMs <= first.atMs) return undefined;
  return {
    corePercent: (100 * (last.cpuSeconds - first.cpuSeconds)) / ((last.atMs - first.atMs) / 1000),
    residentMb: Math.max(...within.map((look) => look.residentMb)),
  };
}
