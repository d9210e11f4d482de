import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Operation } from './mix.ts';
import { type Phase, phaseAt } from './profiles.ts';
import { loadedServices, type LoadedService, operations, serviceOf } from './rates.ts';

/** Summary of durations in milliseconds, within 0.1 %. */
export interface Durations {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Outcome of a request: success, or by name an expected rejection or an error that no client should get. */
export type Outcome = 'done' | { readonly kind: 'expected' | 'errors'; readonly name: string };

/** Result of one request, in milliseconds. */
export interface Sample {
  /** From the start of the run. */
  readonly dueMs: number;
  /** From the due time until it was sent. */
  readonly lateMs: number;
  /** From the due time until the response was complete. */
  readonly latencyMs: number;
  readonly operation: Operation;
  readonly outcome: Outcome;
}

/** Statistics of the measured requests of a run, errors included. */
export interface Tally {
  readonly requests: number;
  readonly operations: Readonly<Record<Operation, Durations>>;
  readonly services: Readonly<Record<LoadedService, Durations>>;
  /** By phase and service: `spike: cart`. */
  readonly phases: Readonly<Record<string, Durations>>;
  /** Lateness of the sender. */
  readonly lateness: Durations;
  /** Expected rejections, by name. */
  readonly expected: Readonly<Record<string, number>>;
  /** Errors, by name and operation: `500 internal: add a line`. */
  readonly errors: Readonly<Record<string, number>>;
}

/** Expected rejections: a price or stock changed since it was read, or Product did not confirm the hold of a checkout in time. */
const expectedRejections: ReadonlySet<string> = new Set([
  '409 lines-changed',
  '409 insufficient-stock',
  '503 reservation-pending',
]);

/** Classifies a response by its status and, for a problem, its code. 304 is a success. */
export function outcomeOf(status: number, body: string): Outcome {
  if ((status >= 200 && status < 300) || status === 304) return 'done';
  const [, code = ''] = /"urn:tandem:problem:([^"]*)"/.exec(body) ?? [];
  const name = `${status} ${code}`.trimEnd();
  return { kind: expectedRejections.has(name) ? 'expected' : 'errors', name };
}

/** Counts the requests that were due in a measured phase, whenever they completed. The memory does not grow with their number. */
export function createTally(phases: readonly Phase[]) {
  const phaseNames = phases
    .filter(({ isMeasured }) => isMeasured)
    .flatMap(({ name }) => loadedServices.map((service) => `${name}: ${service}`));
  const names: readonly string[] = ['lateness', ...operations, ...loadedServices, ...phaseNames];
  const histograms = new Map(names.map((name) => [name, createHistogram()]));
  const counts: Record<'expected' | 'errors', Record<string, number>> = { expected: {}, errors: {} };
  const summaries = <N extends string>(names: readonly N[]) =>
    Object.fromEntries(names.map((name) => [name, summaryOf(histograms.get(name))])) as Record<N, Durations>;
  return {
    record({ dueMs, lateMs, latencyMs, operation, outcome }: Sample): void {
      const phase = phaseAt(phases, dueMs);
      if (!phase?.isMeasured) return;
      const service = serviceOf(operation);
      recordMs(histograms.get('lateness'), lateMs);
      for (const name of [operation, service, `${phase.name}: ${service}`])
        recordMs(histograms.get(name), latencyMs);
      if (outcome === 'done') return;
      const count = counts[outcome.kind];
      const name = outcome.kind === 'errors' ? `${outcome.name}: ${operation}` : outcome.name;
      count[name] = (count[name] ?? 0) + 1;
    },
    result(): Tally {
      const { lateness } = summaries(['lateness']);
      return {
        requests: lateness.count,
        operations: summaries(operations),
        services: summaries(loadedServices),
        phases: summaries(phaseNames),
        lateness,
        ...counts,
      };
    },
  };
}

/** Summary of durations in milliseconds; all of them 0 without any. */
export function durationsOf(values: readonly number[]): Durations {
  const histogram = createHistogram();
  for (const ms of values) recordMs(histogram, ms);
  return summaryOf(histogram);
}

/** Histograms count integers from 1: microseconds here. */
function recordMs(histogram: RecordableHistogram | undefined, ms: number): void {
  histogram?.record(Math.max(1, Math.round(ms * 1000)));
}

function summaryOf(histogram = createHistogram()): Durations {
  const [p50 = 0, p95 = 0, p99 = 0] = [50, 95, 99].map((percent) => histogram.percentile(percent) / 1000);
  return { count: histogram.count, p50, p95, p99, max: histogram.max / 1000 };
}
