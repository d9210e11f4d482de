/** A metric as CloudWatch knows it: two with other dimensions are two metrics. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** What metrics told, by the minute. */
export interface Datapoints {
  /** Adds a value to a minute, which is a whole number since the beginning. */
  add(metric: Metric, minute: number, value: number): void;
  /** All values of the minutes from `from` on, before `to`. */
  values(metric: Metric, from: number, to: number): readonly number[];
  /** Whether it ever told anything. */
  has(metric: Metric): boolean;
}

export function createDatapoints(): Datapoints {
  const told = new Map<string, Map<number, number[]>>();
  return {
    add(metric, minute, value) {
      const id = idOf(metric);
      const minutes = told.get(id) ?? new Map<number, number[]>();
      told.set(id, minutes);
      const values = minutes.get(minute);
      if (values) values.push(value);
      else minutes.set(minute, [value]);
    },
    values(metric, from, to) {
      const minutes = told.get(idOf(metric));
      if (!minutes) return [];
      return Array.from({ length: to - from }, (_, i) => minutes.get(from + i) ?? []).flat();
    },
    has: (metric) => told.has(idOf(metric)),
  };
}

/** The same whatever the order of the dimensions. */
export function idOf({ namespace, name, dimensions }: Metric): string {
  return JSON.stringify([
    namespace,
    name,
    ...Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}
