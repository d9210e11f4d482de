import {
  type CounterName,
  type DimensionArguments,
  type DistributionName,
  metricCatalog,
  type Unit,
} from '@tandem/contracts/metric-catalog';
import { createDistribution, type Distribution, type Summary } from './distribution.ts';

/**
 * The dimensions of one series. Each set of dimensions is a metric of its own, kept in memory and billed by the
 * month: their values are few and known beforehand, never an id or a URL.
 */
export type Dimensions = Readonly<Record<string, string>>;

/** One metric with one set of dimensions: the sum of a counter, or what is known of a distribution. */
export interface Series {
  readonly name: string;
  readonly unit: Unit;
  readonly dimensions: Dimensions;
  readonly value: number | Summary;
}

/** The metrics of the catalogue, counted and observed in bounded memory. */
export interface Metrics {
  /** Adds to a counter; a change of a level may be negative. */
  count<N extends CounterName>(name: N, by?: number, ...dimensions: DimensionArguments<N>): void;
  /** Adds a value to a distribution. One that is not finite is left out: no document could hold it. */
  observe<N extends DistributionName>(name: N, value: number, ...dimensions: DimensionArguments<N>): void;
  /** Every counter; those that differ in dimensions alone are summed. */
  counts(): Readonly<Record<string, number>>;
  /** Everything, in the order that it was first seen. */
  series(): readonly Series[];
  /** As `series`, and begins anew. */
  take(): readonly Series[];
}

/** Metrics of this process. */
export function createMetrics(): Metrics {
  const counters = new Map<string, Omit<Series, 'value'> & { value: number }>();
  const observed = new Map<string, Omit<Series, 'value'> & { readonly distribution: Distribution }>();

  const series = () => [
    ...[...counters.values()].map((counter): Series => ({ ...counter })),
    ...[...observed.values()].map(({ distribution, ...metric }): Series => ({
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
      let known = observed.get(id);
      if (!known) {
        known = {
          name,
          unit: metricCatalog[name].unit,
          dimensions: dimensions ?? {},
          distribution: createDistribution(),
        };
        observed.set(id, known);
      }
      known.distribution.add(value);
    },

    counts() {
      const sums: Record<string, number> = {};
      for (const { name, value } of counters.values()) sums[name] = (sums[name] ?? 0) + value;
      return sums;
    },
    series,

    take() {
      const taken = series();
      counters.clear();
      observed.clear();
      return taken;
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
 * Observes how long ago a moment was, in milliseconds since the epoch. A moment ahead of this clock or more than a
 * day ago is ignored: it was written elsewhere, or is replayed.
 */
export function observeAge(
  metrics: Pick<Metrics, 'observe'>,
  name: 'PropagationDelay' | 'RelayLag',
  moment: number | undefined,
): void {
  if (moment === undefined) return;
  const ageMs = Date.now() - moment;
  if (ageMs >= 0 && ageMs <= DAY_MS) metrics.observe(name, ageMs);
}
