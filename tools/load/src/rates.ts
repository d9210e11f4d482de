import { mix, type Operation, PEAK_PER_MINUTE } from './mix.ts';

export type ServiceName = keyof typeof mix;

/** Requests per second by operation. */
export type Rates = Readonly<Record<Operation, number>>;

export const operations = [...Object.keys(mix.product), ...Object.keys(mix.cart)] as readonly Operation[];

/** Operations that publish events to the other service. Opening a cart publishes none. */
const writes: ReadonlySet<Operation> = new Set<Operation>([
  'change a price',
  'move stock',
  'put a product',
  'add a line',
  'set a quantity',
  'remove a line',
  'check out',
  'merge carts',
]);

export function serviceOf(operation: Operation): ServiceName {
  return operation in mix.product ? 'product' : 'cart';
}

/** Rates of the whole mix, from requests per minute by service. */
export function ratesAt(perMinute: Readonly<Record<ServiceName, number>>): Rates {
  const ratesOf = (service: ServiceName) => {
    const weights = Object.entries(mix[service]);
    const sum = weights.reduce((sum, [, weight]) => sum + weight, 0);
    return weights.map(([operation, weight]) => [operation, (perMinute[service] / 60) * (weight / sum)]);
  };
  return Object.fromEntries([...ratesOf('product'), ...ratesOf('cart')]) as Rates;
}

/** Rates at the peak. */
export const peakRates = ratesAt(PEAK_PER_MINUTE);

/**
 * Rates for testing one service at a number of requests per minute: all of its own operations, and in the proportion of the
 * peak those operations of the other service that publish events to it.
 */
export function ratesFor(service: ServiceName, perMinute: number): Rates {
  const all = ratesAt({
    product: perMinute * (PEAK_PER_MINUTE.product / PEAK_PER_MINUTE[service]),
    cart: perMinute * (PEAK_PER_MINUTE.cart / PEAK_PER_MINUTE[service]),
  });
  return Object.fromEntries(
    operations.map((operation) => {
      const isSent = serviceOf(operation) === service || writes.has(operation);
      return [operation, isSent ? all[operation] : 0];
    }),
  ) as Rates;
}

/** Requests per second of all operations. */
export function totalOf(rates: Rates): number {
  return operations.reduce((sum, operation) => sum + rates[operation], 0);
}
