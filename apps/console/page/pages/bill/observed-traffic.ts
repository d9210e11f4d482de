import { assumptions } from '@tandem/bill/assumptions';
import type { Phase, Scenario, Weights } from '@tandem/bill/traffic';
import type { State } from '../../../server/protocol.ts';

/** Traffic that the gateway has observed until `untilMs` (milliseconds since the epoch). */
export type ObservedTraffic = State['seen'] & { readonly untilMs: number };

/** Extrapolation of the observed traffic to a month. */
export interface Month {
  /** Multiple of the observed traffic. */
  readonly times: number;
  /** Constant traffic day and night, or else once a day and idle otherwise. */
  readonly isAllDay: boolean;
}

/** Reference for what the observation does not count: the split of reads and writes into operations. */
export interface ReferenceMix {
  /** Scenario with the shares of operations among reads and among writes, and the use of connections. */
  readonly reference: Scenario;
  readonly isRead: (operation: string) => boolean;
}

const MS_PER_HOUR = 3_600_000;
const MIN_MS = 1_000;

/** Scenario of a month of the observed traffic; undefined without any requests. */
export function scenarioOf(
  observed: ObservedTraffic,
  { times, isAllDay }: Month,
  { reference, isRead }: ReferenceMix,
): Scenario | undefined {
  const [product, cart] = [
    observed.product.reads + observed.product.writes,
    observed.cart.reads + observed.cart.writes,
  ];
  if (product + cart === 0) return undefined;
  const observedHours = Math.max(MIN_MS, observed.untilMs - observed.sinceMs) / MS_PER_HOUR;
  const perMinute = times / (observedHours * 60);
  const busy = { product: product * perMinute, cart: cart * perMinute };
  return {
    ...reference,
    name: 'seen',
    description: isAllDay ? 'observed traffic, day and night' : 'observed traffic, once a day',
    phases: isAllDay ? [{ hours: assumptions.hours, ...busy }] : onceADay(observedHours, busy),
    mix: {
      product: weightsOf(observed.product, reference.mix.product, isRead),
      cart: weightsOf(observed.cart, reference.mix.cart, isRead),
    },
  };
}

function onceADay(observedHours: number, busy: Omit<Phase, 'hours'>): Phase[] {
  const hours = Math.min(1, observedHours / 24) * assumptions.hours;
  const rest = assumptions.hours - hours;
  return [{ hours, ...busy }, ...(rest > 0 ? [{ hours: rest, product: 0, cart: 0 }] : [])];
}

/** Mix scaled to the observed ratio of reads and writes; unchanged without any requests. */
function weightsOf(
  { reads, writes }: State['seen']['product'],
  mix: Weights,
  isRead: ReferenceMix['isRead'],
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
