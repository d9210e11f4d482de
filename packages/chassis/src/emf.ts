import type { Summary } from './distribution.ts';
import type { Running } from './lifecycle.ts';
import type { Dimensions, Metrics, Series } from './metrics.ts';

const FLUSH_INTERVAL_MS = 60_000;

/** Namespace of the metrics, and dimensions that all of them have. */
export interface EmfScope {
  readonly namespace: string;
  readonly dimensions: Dimensions;
}

export interface EmfOptions extends EmfScope {
  readonly metrics: Metrics;
  /** Takes a line without its end. */
  readonly write: (line: string) => void;
  readonly intervalMs?: number;
}

/** Writes the metrics of each minute in CloudWatch's embedded metric format; those since then on `flush` and on `stop`. */
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
 * The EMF documents of these series, one for each set of dimensions, `timestamp` in milliseconds since
 * the epoch. They keep the format's limits (100 values a metric, 30 dimensions) as long as no set has more than 100 names.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function emfDocuments(
  series: readonly Series[],
  { namespace, dimensions: common }: EmfScope,
  timestamp: number,
) {
  const ofDimensions = Map.groupBy(series, ({ dimensions }) => JSON.stringify(dimensions));
  return [...ofDimensions.values()].map((group) => {
    const dimensions = { ...common, ...group[0]?.dimensions };
    const directive = {
      Namespace: namespace,
      Dimensions: [Object.keys(dimensions)],
      Metrics: group.map(({ name, unit }) => ({ Name: name, Unit: unit })),
    };
    return {
      _aws: { Timestamp: timestamp, CloudWatchMetrics: [directive] },
      ...dimensions,
      ...Object.fromEntries(group.map(({ name, value }) => [name, target(value)])),
    };
  });
}

/** A distribution as AWS's own collectors send it: CloudWatch computes percentiles of the values and their counts. */
function target(value: number | Summary) {
  if (typeof value === 'number') return value;
  const { min, max, sum, count, buckets } = value;
  return {
    Max: rounded(max),
    Min: rounded(min),
    Sum: rounded(sum),
    Count: count,
    Values: buckets.map((bucket) => rounded(bucket.value)),
    Counts: buckets.map((bucket) => bucket.count),
  };
}

/** To a thousandth: more digits only cost. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
