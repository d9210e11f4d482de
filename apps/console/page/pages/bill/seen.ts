import { assumptions } from '@tandem/bill/assumptions';
import type { Phase, Scenario, Weights } from '@tandem/bill/traffic';
import type { State } from '../../../server/protocol.ts';

/** What the gateway saw, and until when. */
export type Seen = State['seen'] & { readonly untilMs: number };

/** How what was seen becomes a month. */
export interface Month {
  /** So many times the traffic. */
  readonly times: number;
  /** Whether it goes on day and night, or comes once a day and nothing in between. */
  readonly isAllDay: boolean;
}

/** What is taken from elsewhere, because reads and writes are all that was counted. */
export interface Likeness {
  /** Gives the shares of reads among reads, and of writes among writes, and how connections are used. */
  readonly like: Scenario;
  readonly isRead: (operation: string) => boolean;
}

const MS_PER_HOUR = 3_600_000;
const LEAST_MS = 1_000;

/** A month of the traffic that was seen; undefined where there was none. */
export function scenarioOf(
  seen: Seen,
  { times, isAllDay }: Month,
  { like, isRead }: Likeness,
): Scenario | undefined {
  const [product, cart] = [seen.product.reads + seen.product.writes, seen.cart.reads + seen.cart.writes];
  if (product + cart === 0) return undefined;
  const seenHours = Math.max(LEAST_MS, seen.untilMs - seen.sinceMs) / MS_PER_HOUR;
  const perMinute = times / (seenHours * 60);
  const busy = { product: product * perMinute, cart: cart * perMinute };
  return {
    ...like,
    name: 'seen',
    says: isAllDay ? 'what was seen, day and night' : 'what was seen, once a day',
    phases: isAllDay ? [{ hours: assumptions.hours, ...busy }] : onceADay(seenHours, busy),
    mix: {
      product: weightsOf(seen.product, like.mix.product, isRead),
      cart: weightsOf(seen.cart, like.mix.cart, isRead),
    },
  };
}

function onceADay(seenHours: number, busy: Omit<Phase, 'hours'>): Phase[] {
  const hours = Math.min(1, seenHours / 24) * assumptions.hours;
  const rest = assumptions.hours - hours;
  return [{ hours, ...busy }, ...(rest > 0 ? [{ hours: rest, product: 0, cart: 0 }] : [])];
}

/** The operations of a mix, so that as many read and write as were seen; as they are where nothing was. */
function weightsOf(
  { reads, writes }: State['seen']['product'],
  mix: Weights,
  isRead: Likeness['isRead'],
): Weights {
  if (reads + writes === 0) return mix;
  const operations = Object.entries(mix);
  const all = (ofReads: boolean) =>
    operations.reduce((sum, [name, weight]) => (isRead(name) === ofReads ? sum + weight : sum), 0);
  const scale = { reads: reads / all(true), writes: writes / all(false) };
  return Object.fromEntries(
    operations.map(([name, weight]) => [name, weight * (isRead(name) ? scale.reads : scale.writes)]),
  );
}
