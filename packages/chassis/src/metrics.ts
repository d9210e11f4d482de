import { createDistribution, type Distribution, type Summary } from './distribution.ts';

/** What a value is measured in, as CloudWatch names it. */
export type Unit = 'Count' | 'Milliseconds' | 'Percent';

/**
 * Tell apart what has the same name. Each set of dimensions is a metric of its own, kept in memory and paid for by the
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

/** What happened and how long it took, in bounded memory. Names are in CloudWatch's style: `RequestLatency`. */
export interface Metrics {
  /** Adds to a counter; a change of a level may be negative. */
  count(name: string, by?: number, dimensions?: Dimensions): void;
  /** Adds a value to a distribution. One that is not finite is left out: no document could hold it. */
  observe(name: string, value: number, unit: Unit, dimensions?: Dimensions): void;
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
    count(name, by = 1, dimensions) {
      const id = idOf(name, dimensions);
      const counter = counters.get(id);
      if (counter) counter.value += by;
      else counters.set(id, { name, unit: 'Count', dimensions: dimensions ?? {}, value: by });
    },

    observe(name, value, unit, dimensions) {
      if (!Number.isFinite(value)) return;
      const id = idOf(name, dimensions);
      let known = observed.get(id);
      if (!known) {
        known = { name, unit, dimensions: dimensions ?? {}, distribution: createDistribution() };
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
 * Observes how long ago a moment was, in milliseconds since the epoch. What lies ahead of our clock or more than a day
 * back says nothing about us: it was written elsewhere, or is told again.
 */
export function observeAge(
  metrics: Pick<Metrics, 'observe'>,
  name: string,
  moment: number | undefined,
): void {
  if (moment === undefined) return;
  const ageMs = Date.now() - moment;
  if (ageMs >= 0 && ageMs <= DAY_MS) metrics.observe(name, ageMs, 'Milliseconds');
}
