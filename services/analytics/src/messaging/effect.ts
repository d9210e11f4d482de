import { isRepair } from '@tandem/contracts/event-id';
import type { TandemEvent } from '@tandem/contracts/events';
import type { Effect } from '@tandem/storage/inbox';
import { timestampOf } from '@tandem/storage/inbox-events';
import { addCarts, NO_CARTS, sumProducts } from '../domain/add-counts.ts';
import { countsOf } from '../domain/count-event.ts';
import type { DayCounts } from '../domain/counts.ts';
import { type Day, type DayBatch, logKeysOf } from '../store/entity-types.ts';
import { packProducts } from '../store/packed.ts';

/** What an event adds to the figures of the day of its own timestamp; undefined if it adds nothing. */
export function countsOfEvent(event: TandemEvent): DayCounts | undefined {
  if (isRepair(event)) return undefined;
  return countsOf(event, new Date(timestampOf(event)).toISOString());
}

/** Appends the figures of events to the log of their day. */
export const countingEffect: Effect<Day, DayBatch> = {
  logOf(event) {
    const counts = countsOfEvent(event);
    if (!counts) throw new TypeError(`${event.eventType} counts nothing`);
    return counts.date;
  },
  keysOf: logKeysOf,
  batchOf(date, events) {
    const counts = events.flatMap((event) => countsOfEvent(event) ?? []);
    return {
      date,
      carts: counts.map(({ carts }) => carts).reduce(addCarts, NO_CARTS),
      products: packProducts(sumProducts(counts.map(({ products }) => products))),
    };
  },
  add: (date, day, { carts }) => ({
    date,
    carts: addCarts(day?.carts ?? NO_CARTS, carts),
    compacted: day?.compacted ?? 0,
  }),
  bytesOf: (event) => Buffer.byteLength(JSON.stringify(countsOfEvent(event)?.products ?? {})),
};
