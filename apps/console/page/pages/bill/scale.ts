/** Logarithmic axis over whole powers of ten. */
export interface LogScale {
  /** Position of a value, from 0 to 1. */
  readonly at: (value: number) => number;
  /** Powers of ten, ascending. */
  readonly ticks: readonly number[];
}

/** Shortest axis that contains all values (each above 0) and spans at least one power of ten. */
export function logScale(values: readonly number[]): LogScale {
  const powers = values.map((value) => Math.log10(value));
  const from = Math.floor(Math.min(...powers));
  const to = Math.max(from + 1, Math.ceil(Math.max(...powers)));
  return {
    at: (value) => (Math.log10(value) - from) / (to - from),
    ticks: Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i)),
  };
}
