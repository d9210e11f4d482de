/** Metric of CloudWatch, identified by its name and all of its dimensions. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Datapoints of metrics by minute. */
export interface Datapoints {
  /** Adds a value to a minute, counted from the start. */
  add(metric: Metric, minute: number, value: number): void;
  /** Values of the minutes from `from` (inclusive) to `to` (exclusive). */
  values(metric: Metric, from: number, to: number): readonly number[];
  /** Whether a metric has any value. */
  has(metric: Metric): boolean;
}

export function createDatapoints(): Datapoints {
  const byMetric = new Map<string, Map<number, number[]>>();
  return {
    add(metric, minute, value) {
      const id = idOf(metric);
      const minutes = byMetric.get(id) ?? new Map<number, number[]>();
      byMetric.set(id, minutes);
      const values = minutes.get(minute);
      if (values) values.push(value);
      else minutes.set(minute, [value]);
    },
    values(metric, from, to) {
      const minutes = byMetric.get(idOf(metric));
      if (!minutes) return [];
      return Array.from({ length: to - from }, (_, i) => minutes.get(from + i) ?? []).flat();
    },
    has: (metric) => byMetric.has(idOf(metric)),
  };
}

/** Id of a metric, independent of the order of its dimensions. */
export function idOf({ namespace, name, dimensions }: Metric): string {
  return JSON.stringify([
    namespace,
    name,
    ...Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}
