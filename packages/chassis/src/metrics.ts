import {
  type CounterName,
  type DimensionArguments,
  type DistributionName,
  metricCatalog,
  type Unit,
} from '@tandem/contracts/metric-catalog';
import { createDistribution, type Distribution, type Summary } from './distribution.ts';

/**
 * Dimensions of one series. Each combination of values is a separate metric, kept in memory and billed by the month: use
 * few values that are known in advance, never an id or a URL (low cardinality).
 */
export type Dimensions = Readonly<Record<string, string>>;

/** One metric with one set of dimensions: the sum of a counter, or the summary of a distribution. */
export interface Series {
  readonly name: string;
  readonly unit: Unit;
  readonly dimensions: Dimensions;
  readonly value: number | Summary;
}

/** The metrics of the catalogue, in bounded memory. */
export interface Metrics {
  /** Adds to a counter. `by` may be negative for the change of a level. */
  count<N extends CounterName>(name: N, by?: number, ...dimensions: DimensionArguments<N>): void;
  /** Adds a value to a distribution. Values that are not finite are ignored: JSON cannot represent them. */
  observe<N extends DistributionName>(name: N, value: number, ...dimensions: DimensionArguments<N>): void;
  /** Sums of the counters by name, over all dimensions. */
  counts(): Readonly<Record<string, number>>;
  /** All series, counters first, in the order in which they appeared. */
  series(): readonly Series[];
  /** Returns all series and resets them. */
  take(): readonly Series[];
}

export function createMetrics(): Metrics {
  const counters = new Map<string, Omit<Series, 'value'> & { value: number }>();
  const distributions = new Map<string, Omit<Series, 'value'> & { readonly distribution: Distribution }>();

  const series = () => [
    ...[...counters.values()].map((counter): Series => ({ ...counter })),
    ...[...distributions.values()].map(({ distribution, ...metric }): Series => ({
      ...metric,
      value: distribution.summary(),
    })),
  ];

  return {
    count(name: string, by = 1, dimensions?: Dimensions) {
      const id = idOf(name, dimensions);
      const counter = counters.get(id);
      if (counter) counter.value += by;
      else counters.set(id, { name, unit: 'Count', dimensions: dimensions ?? {}, value: by });
    },

    observe(name: DistributionName, value: number, dimensions?: Dimensions) {
      if (!Number.isFinite(value)) return;
      const id = idOf(name, dimensions);
      let metric = distributions.get(id);
      if (!metric) {
        metric = {
          name,
          unit: metricCatalog[name].unit,
          dimensions: dimensions ?? {},
          distribution: createDistribution(),
        };
        distributions.set(id, metric);
      }
      metric.distribution.add(value);
    },

    counts() {
      const sums: Record<string, number> = {};
      for (const { name, value } of counters.values()) sums[name] = (sums[name] ?? 0) + value;
      return sums;
    },
    series,

    take() {
      const snapshot = series();
      counters.clear();
      distributions.clear();
      return snapshot;
    },
  };
}

function idOf(name: string, dimensions: Dimensions | undefined): string {
  let id = name;
  for (const dimension in dimensions) id += `\0${dimension}\0${dimensions[dimension]}`;
  return id;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Observes the age of a time, which is in milliseconds since the epoch. A time ahead of this clock (clock skew) or more
 * than a day ago (a replayed event) is ignored.
 */
export function observeAge(
  metrics: Pick<Metrics, 'observe'>,
  name: 'PropagationDelay' | 'RelayLag',
  time: number | undefined,
): void {
  if (time === undefined) return;
  const ageMs = Date.now() - time;
  if (ageMs >= 0 && ageMs <= DAY_MS) metrics.observe(name, ageMs);
}
