import { readFile } from 'node:fs/promises';

const SAMPLE_MS = 100;

/** Samples the resident memory of a process until it is stopped; returns the samples in megabytes. Linux only. */
export function sampleResidentMemory(pid: number | undefined): { stop(): readonly number[] } {
  const samples: number[] = [];
  const sampling = setInterval(() => {
    void readFile(`/proc/${pid}/status`, 'utf8')
      .then((status) => samples.push(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024))
      .catch(() => undefined);
  }, SAMPLE_MS);
  return {
    stop() {
      clearInterval(sampling);
      return samples;
    },
  };
}
