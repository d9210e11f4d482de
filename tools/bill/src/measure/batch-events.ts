import { eventExamples } from '@tandem/contracts/examples';
import type { EventType, TandemEvent } from '@tandem/contracts/events';
import { assumptions } from '../assumptions.ts';
import { productId } from './shop.ts';

/** Events of a minute, by type. */
export type EventRates = Readonly<Partial<Record<EventType, number>>>;

/** Lines of an order, as on average in the mix. */
const LINES = 2;
/** Share of the added lines that open a cart: of 316 in the mix, 100. */
const OPENS_CART = 0.3;
/** Exponent at which the most popular of 10,000 products has the assumed share of 2 %. */
const ZIPF_EXPONENT = 0.7;

/**
 * Creates a source of events as the services publish them: the types by their rates, the products by their popularity, of
 * which each has a rank (Zipf). The events are the same each time.
 */
export function createEventSource(rates: EventRates) {
  const random = createRandom();
  const pickType = picker(Object.entries(rates));
  const popularity = Array.from(
    { length: assumptions.products },
    (_, rank) => [String(rank), (rank + 1) ** -ZIPF_EXPONENT] as const,
  );
  const pickProduct = picker(popularity);
  let count = 0;

  /** An event of the given time, in milliseconds since the epoch. */
  const next = (at: number): TandemEvent => {
    const eventType = pickType(random()) as EventType;
    const [example] = eventExamples[eventType];
    const timestamp = new Date(at).toISOString();
    const product = () => Number(pickProduct(random()));
    const rank = product();
    const price = 295 + 10 * (rank % 120);
    const item = (of: number) => ({
      productId: productId(of),
      qty: 1 + Math.floor(random() * 3),
      priceAtAdd: 295 + 10 * (of % 120),
    });
    count += 1;
    const fields = {
      productId: productId(rank),
      qty: item(rank).qty,
      opensCart: random() < OPENS_CART,
      items: Array.from({ length: LINES }, () => item(product())),
      currency: 'GBP',
      price,
      previousPrice: price + 5,
      previousCurrency: 'GBP',
      version: count,
      timestamp,
      updatedAt: timestamp,
    };
    // An edit of the mix changes the price.
    const changes = Object.entries(fields).filter(([name]) => name in example || name === 'opensCart');
    return { ...example, ...Object.fromEntries(changes), eventId: `event/${count}` } as TandemEvent;
  };
  /** Events at equal distances within a minute that ends at `endMs`, or of one of several batches that share it. */
  const minute = (endMs: number, events: number): readonly TandemEvent[] =>
    Array.from({ length: events }, (_, i) => next(endMs - 60_000 + Math.floor((i * 60_000) / events)));
  return { minute };
}

export type EventSource = ReturnType<typeof createEventSource>;

/** Picks a name with a probability that is proportional to its weight, given a number of [0, 1). */
function picker(weights: readonly (readonly [string, number])[]): (random: number) => string {
  let total = 0;
  const bounds = weights.map(([, weight]) => (total += weight));
  return (random) => {
    const target = random * total;
    let [low, high] = [0, bounds.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((bounds[middle] ?? 0) <= target) low = middle + 1;
      else high = middle;
    }
    return weights[low]?.[0] ?? '';
  };
}

/** Numbers of [0, 1) that are the same each time (mulberry32). */
function createRandom(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
