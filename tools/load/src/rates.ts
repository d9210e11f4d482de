import { mix, type Operation, PEAK_PER_MINUTE } from './mix.ts';

export type ServiceName = keyof typeof mix;

/** Requests a second of each operation. */
export type Rates = Readonly<Record<Operation, number>>;

export const operations = [...Object.keys(mix.product), ...Object.keys(mix.cart)] as readonly Operation[];

/** Those that change something, and so tell the other service. Opening a cart tells nobody anything. */
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

/** The whole mix at so many requests a minute of each service. */
export function ratesAt(perMinute: Readonly<Record<ServiceName, number>>): Rates {
  const of = (service: ServiceName) => {
    const weights = Object.entries(mix[service]);
    const sum = weights.reduce((sum, [, weight]) => sum + weight, 0);
    return weights.map(([operation, weight]) => [operation, (perMinute[service] / 60) * (weight / sum)]);
  };
  return Object.fromEntries([...of('product'), ...of('cart')]) as Rates;
}

/** The mix at the peak. */
export const peakRates = ratesAt(PEAK_PER_MINUTE);

/**
 * What one service meets at so many requests a minute: all of its own, and of the other, in the peak's proportion, only
 * what changes something, for that is all that reaches it.
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

/** All operations together, a second. */
export function totalOf(rates: Rates): number {
  return operations.reduce((sum, operation) => sum + rates[operation], 0);
}
