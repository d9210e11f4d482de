import type { ServiceName } from '@tandem/contracts/topology';
import { mix, type Operation, PEAK_PER_MINUTE } from './mix.ts';

/** Service that the load test sends requests to. */
export type LoadedService = keyof typeof mix & ServiceName;

/** Requests per second by operation. */
export type Rates = Readonly<Record<Operation, number>>;

export const loadedServices = Object.keys(mix) as readonly LoadedService[];
const services = new Map(
  loadedServices.flatMap((service) =>
    Object.keys(mix[service]).map((operation) => [operation as Operation, service] as const),
  ),
);
export const operations: readonly Operation[] = [...services.keys()];

/** Operations that publish events. */
const publishing: ReadonlySet<Operation> = new Set<Operation>([
  'change a price',
  'move stock',
  'put a product',
  'add a line',
  'set a quantity',
  'remove a line',
  'check out',
  'merge carts',
]);

export function serviceOf(operation: Operation): LoadedService {
  return services.get(operation) as LoadedService;
}

/** Rates of the whole mix at the peak. */
export const peakRates = Object.fromEntries(
  loadedServices.flatMap((service) => {
    const weights = Object.entries(mix[service]);
    const sum = weights.reduce((total, [, weight]) => total + weight, 0);
    return weights.map(([operation, weight]) => [
      operation,
      (PEAK_PER_MINUTE[service] / 60) * (weight / sum),
    ]);
  }),
) as Rates;

/**
 * Rates for testing one service at a number of requests per minute: all of its own operations, and in the proportion of the
 * peak those operations of the others that publish events.
 */
export function ratesFor(service: LoadedService, perMinute: number): Rates {
  const factor = perMinute / PEAK_PER_MINUTE[service];
  return Object.fromEntries(
    operations.map((operation) => {
      const isSent = serviceOf(operation) === service || publishing.has(operation);
      return [operation, isSent ? peakRates[operation] * factor : 0];
    }),
  ) as Rates;
}

/** Requests per second of all operations. */
export function totalOf(rates: Rates): number {
  return operations.reduce((sum, operation) => sum + rates[operation], 0);
}
