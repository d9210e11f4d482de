import type { Sample } from './engine/engine.ts';
import type { Operation } from './mix.ts';
import { type Durations, durationsOf, percentile } from './percentile.ts';
import { operations, serviceOf, type ServiceName } from './rates.ts';

/** Statistics of one second of a run, by due time. */
export interface Second {
  readonly second: number;
  readonly requests: number;
  readonly errors: number;
  /** Latency in milliseconds by service; absent without responses. */
  readonly product?: { readonly p50: number; readonly p99: number };
  readonly cart?: { readonly p50: number; readonly p99: number };
}

/** Statistics of the measured requests of a run. */
export interface Tally {
  readonly requests: number;
  /** By operation; absent for operations without requests. */
  readonly operations: Readonly<Partial<Record<Operation, Durations>>>;
  readonly services: Readonly<Record<ServiceName, Durations>>;
  /** Expected rejections, by name. */
  readonly expected: Readonly<Record<string, number>>;
  /** Errors, by name and operation: `500 internal: add a line`. */
  readonly errors: Readonly<Record<string, number>>;
}

/** Computes statistics of requests that were due from `fromMs` on and before `toMs`, errors included. */
export function tallyOf(samples: readonly Sample[], fromMs: number, toMs: number): Tally {
  const measured = samples.filter(({ dueMs }) => dueMs >= fromMs && dueMs < toMs);
  const expected: Record<string, number> = {};
  const errors: Record<string, number> = {};
  for (const { outcome, operation } of measured) {
    if (outcome === 'done') continue;
    const kind = outcome.slice(0, outcome.indexOf(' '));
    const name = outcome.slice(kind.length + 1);
    if (kind === 'expected') expected[name] = (expected[name] ?? 0) + 1;
    else errors[`${name}: ${operation}`] = (errors[`${name}: ${operation}`] ?? 0) + 1;
  }
  const durations = (includes: (operation: Operation) => boolean) =>
    durationsOf(measured.filter(({ operation }) => includes(operation)).map(({ latencyMs }) => latencyMs));
  const sent = new Set(measured.map(({ operation }) => operation));
  return {
    requests: measured.length,
    operations: Object.fromEntries(
      operations
        .filter((operation) => sent.has(operation))
        .map((operation) => [operation, durations((candidate) => candidate === operation)]),
    ),
    services: {
      product: durations((operation) => serviceOf(operation) === 'product'),
      cart: durations((operation) => serviceOf(operation) === 'cart'),
    },
    expected,
    errors,
  };
}

/** The whole run, second by second. */
export function secondsOf(samples: readonly Sample[]): Second[] {
  const bySecond: { product: number[]; cart: number[]; errors: number }[] = [];
  const last = samples.reduce((last, { dueMs }) => Math.max(last, Math.floor(dueMs / 1000)), -1);
  for (let second = 0; second <= last; second++) bySecond.push({ product: [], cart: [], errors: 0 });
  for (const { dueMs, operation, latencyMs, outcome } of samples) {
    const entry = bySecond[Math.floor(dueMs / 1000)];
    if (!entry) continue;
    entry[serviceOf(operation)].push(latencyMs);
    if (outcome.startsWith('error')) entry.errors += 1;
  }
  return bySecond.map(({ product, cart, errors }, second) => {
    const percentiles = (name: ServiceName, values: readonly number[]) =>
      values.length > 0 && { [name]: { p50: percentile(values, 0.5), p99: percentile(values, 0.99) } };
    return {
      second,
      requests: product.length + cart.length,
      errors,
      ...percentiles('product', product),
      ...percentiles('cart', cart),
    };
  });
}
