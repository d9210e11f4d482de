export type Statistic = (values: readonly number[]) => number;

const sum: Statistic = (values) => values.reduce((total, value) => total + value, 0);

const statistics: Readonly<Record<string, Statistic>> = {
  Sum: sum,
  SampleCount: (values) => values.length,
  Average: (values) => sum(values) / values.length,
  // Not spread into a call: an hour may have too many values for that.
  Minimum: (values) => values.reduce((least, value) => Math.min(least, value), Infinity),
  Maximum: (values) => values.reduce((most, value) => Math.max(most, value), -Infinity),
};

/** Statistic by its name in CloudWatch, for one or more values; percentiles by nearest rank. Throws for other names. */
export function statisticOf(name: string): Statistic {
  const [, percent] = /^p(\d+(?:\.\d+)?)$/.exec(name) ?? [];
  const statistic = percent === undefined ? statistics[name] : percentile(Number(percent));
  if (!statistic) throw new Error(`Unsupported statistic: ${name}`);
  return statistic;
}

function percentile(percent: number): Statistic {
  return (values) => {
    const rank = Math.max(1, Math.ceil((percent / 100) * values.length));
    return values.toSorted((a, b) => a - b)[rank - 1] ?? Number.NaN;
  };
}
