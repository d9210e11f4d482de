import type { TandemEvent } from '@tandem/contracts/events';
import { dayKey, facets, nameKey, SHARDS } from '@tandem/analytics/store/entity-types';
import { unpackProducts } from '@tandem/analytics/store/packed';
import type { Table } from '@tandem/storage/table';
import { DAY_MS, LOG_DAYS, START } from './event-log.ts';

/** Figures, each under the names of its date, product and kind. */
export type Figures = Readonly<Record<string, number | string>>;

/** Counts the events of a log: independent of the service's own code. */
export function countLog(log: readonly TandemEvent[]): Figures {
  const figures: Record<string, number | string> = {};
  const names: Record<string, number> = {};
  for (const event of log) {
    const at = new Date('timestamp' in event ? event.timestamp : event.updatedAt).toISOString();
    const date = at.slice(0, 10);
    const count = (units: number, ...path: readonly (string | number)[]) => {
      const name = [date, ...path].join(' ');
      if (units > 0) figures[name] = Number(figures[name] ?? 0) + units;
    };
    if ('name' in event && event.version > (names[event.productId] ?? 0)) {
      names[event.productId] = event.version;
      figures[`${event.productId} name`] = event.name;
    }
    if (event.eventType === 'ProductAddedToCart') {
      if (event.opensCart) count(1, 'opened');
      count(event.qty, event.productId, 'added');
      count(event.qty, event.productId, 'addedByHour', Number(at.slice(11, 13)));
    } else if (event.eventType === 'ProductRemovedFromCart') count(event.qty, event.productId, 'removed');
    else if (event.eventType === 'InventoryReservationExpired') count(event.qty, event.productId, 'expired');
    else if (event.eventType === 'InventoryReservationRejected')
      count(event.requestedQty - (event.keptQty ?? 0), event.productId, 'rejected');
    else if (event.eventType === 'CartExpired') count(event.items.length > 0 ? 1 : 0, 'abandoned');
    else if (event.eventType === 'CartCheckedOut') {
      count(1, 'checkedOut');
      for (const { productId, qty, priceAtAdd } of event.items) {
        count(qty, 'unitsCheckedOut');
        count(qty, productId, 'checkedOut');
        if (event.currency === null) continue;
        count(qty * priceAtAdd, 'revenue', event.currency);
        count(qty * priceAtAdd, productId, 'revenue', event.currency);
      }
    } else if (event.eventType === 'ProductEdited' && event.price !== event.previousPrice) {
      const change = `${at} ${event.previousPrice} ${event.price} ${event.currency}`;
      figures[`${date} ${event.productId} priceChange ${event.version}`] = change;
    }
  }
  return figures;
}

/** The stored figures of the days of the log, all of which must be compacted. */
export async function storedFigures(table: Table, log: readonly TandemEvent[]): Promise<Figures> {
  const figures: Record<string, number | string> = {};
  const store = (path: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null)
      for (const [name, field] of Object.entries(value)) store(`${path} ${name}`, field);
    else if (Number(value) > 0) figures[path] = Number(value);
  };
  for (let time = START; time < START + LOG_DAYS * DAY_MS; time += DAY_MS) {
    const date = new Date(time).toISOString().slice(0, 10);
    const day = await table.get(dayKey(date));
    if (!day) continue;
    if (day.compacted < day.batches) throw new Error(`${date} is not compacted`);
    store(date, day.carts);
    for (const facet of facets)
      for (let shard = 0; shard < SHARDS; shard++) {
        const totals = await table.get(facet.totalsKey(date, shard));
        const products = Object.entries(totals ? unpackProducts(totals.products) : {});
        for (const [productId, { priceChanges = [], ...counts }] of products) {
          store(`${date} ${productId}`, counts);
          for (const { changedAt, version, from, to } of priceChanges) {
            const change = `${changedAt} ${from.price} ${to.price} ${to.currency}`;
            figures[`${date} ${productId} priceChange ${version}`] = change;
          }
        }
      }
  }
  const productIds = new Set(log.flatMap((event) => ('name' in event ? [event.productId] : [])));
  for (const productId of productIds) {
    const name = await table.get(nameKey(productId));
    if (name) figures[`${productId} name`] = name.name;
  }
  return figures;
}
