import type { Summary } from './distribution.ts';
import type { Running } from './lifecycle.ts';
import type { Dimensions, Metrics, Series } from './metrics.ts';

const FLUSH_INTERVAL_MS = 60_000;

/** Namespace and common dimensions of the metrics. */
export interface EmfScope {
  readonly namespace: string;
  readonly dimensions: Dimensions;
}

export interface EmfOptions extends EmfScope {
  readonly metrics: Metrics;
  /** Writes a line, which has no line break at its end. */
  readonly write: (line: string) => void;
  readonly intervalMs?: number;
}

/** Writes the metrics in CloudWatch's embedded metric format each minute, on `flush` and on `stop`. */
export function startEmf({
  metrics,
  write,
  intervalMs = FLUSH_INTERVAL_MS,
  ...scope
}: EmfOptions): Running & { flush(): void } {
  const flush = () => {
    for (const document of emfDocuments(metrics.take(), scope, Date.now())) write(JSON.stringify(document));
  };
  const timer = setInterval(flush, intervalMs).unref();
  return {
    flush,
    async stop() {
      clearInterval(timer);
      flush();
    },
  };
}

/**
 * The EMF documents of these series, one for each set of dimensions; `timestamp` in milliseconds since the epoch. They
 * are within the format's limits (100 values a metric, 30 dimensions) if no set of dimensions has more than 100 metrics.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function emfDocuments(
  series: readonly Series[],
  { namespace, dimensions: common }: EmfScope,
  timestamp: number,
) {
  const groups = Map.groupBy(series, ({ dimensions }) => JSON.stringify(dimensions));
  return [...groups.values()].map((group) => {
    const dimensions = { ...common, ...group[0]?.dimensions };
    const directive = {
      Namespace: namespace,
      Dimensions: [Object.keys(dimensions)],
      Metrics: group.map(({ name, unit }) => ({ Name: name, Unit: unit })),
    };
    return {
      _aws: { Timestamp: timestamp, CloudWatchMetrics: [directive] },
      ...dimensions,
      ...Object.fromEntries(group.map(({ name, value }) => [name, emfValue(value)])),
    };
  });
}

/** The value of a metric; a distribution as AWS's collectors send it, from which CloudWatch computes percentiles. */
function emfValue(value: number | Summary) {
  if (typeof value === 'number') return value;
  const { min, max, sum, count, buckets } = value;
  return {
    Max: round(max),
    Min: round(min),
    Sum: round(sum),
    Count: count,
    Values: buckets.map((bucket) => round(bucket.value)),
    Counts: buckets.map((bucket) => bucket.count),
  };
}

/** Rounds to three decimals: more only increase the cost of logs. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
