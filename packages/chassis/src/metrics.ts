/** Counts what happened, by name. */
export interface Metrics {
  count(name: string, by?: number): void;
  /** Every count so far. */
  counts(): Readonly<Record<string, number>>;
}

/** Counters of this process. */
export function createMetrics(): Metrics {
  const counters = new Map<string, number>();
  return {
    count: (name, by = 1) => void counters.set(name, (counters.get(name) ?? 0) + by),
    counts: () => Object.fromEntries(counters),
  };
}
