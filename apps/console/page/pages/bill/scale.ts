/** A logarithmic axis over whole powers of ten. */
export interface LogScale {
  /** Where a value lies, from 0 to 1. */
  readonly at: (value: number) => number;
  /** The powers of ten, the least first. */
  readonly ticks: readonly number[];
}

/** The shortest axis that has all of these, which are more than 0, and is at least a power of ten long. */
export function logScale(values: readonly number[]): LogScale {
  const powers = values.map((value) => Math.log10(value));
  const from = Math.floor(Math.min(...powers));
  const to = Math.max(from + 1, Math.ceil(Math.max(...powers)));
  return {
    at: (value) => (Math.log10(value) - from) / (to - from),
    ticks: Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i)),
  };
}
