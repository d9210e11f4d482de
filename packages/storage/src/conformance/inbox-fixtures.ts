import { createMetrics } from '@tandem/chassis/metrics';
import type { EventOf, TandemEvent } from '@tandem/contracts/events';
import { createInbox, type Effect } from '../inbox.ts';
import type { LogBatch, LogHead } from '../inbox-log.ts';
import { type EntityType, key, type Table } from '../table.ts';

export const DAY_MS = 24 * 60 * 60 * 1_000;

/** An event with this id and time (milliseconds since the epoch), which adds `qty` units. */
export function addedEvent(
  eventId: string | undefined,
  time: number,
  fields: Partial<EventOf<'ProductAddedToCart'>> = {},
): TandemEvent {
  return {
    eventType: 'ProductAddedToCart',
    cartId: 'c',
    userId: null,
    productId: 'p',
    priceAtAdd: 100,
    qty: 1,
    cartVersion: 2,
    timestamp: new Date(time).toISOString(),
    ...fields,
    ...(eventId === undefined ? {} : { eventId }),
  };
}

type Added = EventOf<'ProductAddedToCart'>;
type Units = Readonly<Record<string, number>>;

interface UnitsHead extends LogHead {
  readonly units: Units;
}

interface UnitsBatch extends LogBatch {
  readonly units: Units;
}

const heads: EntityType<UnitsHead> = { name: 'head' };
const batches: EntityType<UnitsBatch> = { name: 'batch' };

/** Effects on logs of units by product. */
export type UnitsEffect = Effect<UnitsHead, UnitsBatch>;

/** Counts units by product, in one log. Throws for the product `bad`. */
export const unitsEffect: UnitsEffect = {
  logOf: () => 'units',
  keysOf: (log) => ({
    head: key(heads, log),
    batch: (number) => key(batches, `${log}/${number}`),
  }),
  batchOf(_, events) {
    const added = events as readonly Added[];
    if (added.some(({ productId }) => productId === 'bad')) throw new TypeError('bad event');
    return { units: sumOf(added.map(({ productId, qty }) => ({ [productId]: qty }))) };
  },
  add: (_, head, { units }) => ({ units: sumOf([head?.units ?? {}, units]) }),
};

function sumOf(parts: readonly Units[]): Units {
  const sums: Record<string, number> = {};
  for (const [productId, units] of parts.flatMap((part) => Object.entries(part)))
    sums[productId] = (sums[productId] ?? 0) + units;
  return sums;
}

/** An instance of the consumer of these events: it applies batches by its own inbox. */
export function openConsumer(table: Table, now: () => number, effect = unitsEffect) {
  const metrics = createMetrics();
  const inbox = createInbox({ table, metrics, now });
  /** The batches of a log, also one that its head does not count yet. */
  const batchesOf = async (log: string) => {
    const found: UnitsBatch[] = [];
    for (;;) {
      const batch = await table.get(effect.keysOf(log).batch(found.length + 1));
      if (!batch) return found;
      found.push(batch);
    }
  };
  return {
    metrics,
    /** Applies a batch; resolves to the statuses of its events. */
    apply: async (events: readonly TandemEvent[]) =>
      (await inbox.apply(events, effect)).map(({ status }) => status),
    /** Units in the batches of a log. */
    units: async (productId = 'p', log = 'units') =>
      (await batchesOf(log)).reduce((sum, { units }) => sum + (units[productId] ?? 0), 0),
    head: (log = 'units') => table.get(effect.keysOf(log).head),
  };
}
