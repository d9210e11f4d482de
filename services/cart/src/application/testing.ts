import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { EventOf, NewEvent, TandemEvent } from '@tandem/contracts/events';
import { createTable } from '@tandem/storage/create-table';
import type { Driver } from '@tandem/storage/driver';
import { openSqlite } from '@tandem/storage/sqlite';
import { addItem } from '../domain/cart.ts';
import { requireProduct } from '../domain/catalog.ts';
import { product } from '../domain/testing.ts';
import { applyProductEvents } from '../messaging/product-events.ts';
import { catalogKey } from '../store/entity-types.ts';
import { type Caller, type CartsDeps, type Change, createCarts } from './carts.ts';
import { createResponseNotifier } from './response-notifier.ts';

export const NOW = '2026-02-14T15:00:00.000Z';

export const widget = product('p', { inventory: 500 });

/** A caller who knows the secret of every guest's cart. */
export function caller(userId?: string, overrides: Partial<Caller> = {}): Caller {
  return {
    identity: userId === undefined ? undefined : { subject: userId },
    idempotent: undefined,
    knowsSecretOf: () => true,
    ...overrides,
  };
}

export const guest = caller();
export const addOne: Change = (cart, catalog, times) => addItem(cart, requireProduct(catalog, 'p'), 1, times);

/** Two processes with a common store, whose catalog has the widget. */
export async function openStore(t: TestContext, overrides: Partial<CartsDeps> = {}) {
  const { driver: sqlite, feed, close } = openSqlite(':memory:');
  t.after(close);
  let conflicts = 0;
  const writes: string[] = [];
  const driver: Driver = {
    ...sqlite,
    write: (puts) => {
      writes.push(JSON.stringify(puts));
      return sqlite.write(puts);
    },
  };
  const clock = { now: NOW };
  const now = () => clock.now;
  const openProcess = () => {
    const table = createTable(driver, { now: () => Date.parse(now()), onConflict: () => (conflicts += 1) });
    const notifier = createResponseNotifier();
    const ttlSeconds = { guest: 7 * 86_400, user: 30 * 86_400 };
    const deps = { table, isCatalogSynchronised: () => true, now, ttlSeconds, notifier, ...overrides };
    const consume = applyProductEvents({ table, now, onResponse: (cartId) => notifier.notify(cartId) });
    /** Applies a batch; rejects if an event fails. */
    const apply = async (events: readonly TandemEvent[]) => {
      for (const outcome of await consume(events)) if (outcome.status === 'failed') throw outcome.error;
    };
    return { table, carts: createCarts(deps), apply };
  };
  const [first, second] = [openProcess(), openProcess()];
  await first.table.putIfNewer(catalogKey('p'), widget);

  /** Resolves to the events that were published since the last call. */
  const publishedEvents = async (): Promise<readonly NewEvent[]> => {
    const stopping = new AbortController();
    const read = feed.read(1_000, stopping.signal);
    stopping.abort();
    const changes = await read;
    const last = changes.at(-1);
    if (last) await feed.checkpoint(last);
    return changes.flatMap(({ after }): readonly NewEvent[] => after?.events ?? []);
  };
  // `writes` has the JSON of every write.
  return { first, second, clock, publishedEvents, writes, conflicts: () => conflicts };
}

/** Product's confirmation of a request. */
export function confirmationOf(
  cartId: string,
  cartVersion: number,
  overrides: Partial<EventOf<'InventoryReserved'>> = {},
): EventOf<'InventoryReserved'> {
  const order = { cartId, productId: 'p', cartVersion, revision: cartVersion, timestamp: NOW };
  return { eventType: 'InventoryReserved', ...order, qty: 1, ...overrides };
}

/** The cart versions of the hold requests among these events. */
export function requestsIn(events: readonly NewEvent[]): number[] {
  return events.flatMap((event) => {
    if (event.eventType !== 'InventoryReservationRequested') return [];
    assert.ok(event.items.every(({ productId }) => productId === 'p'));
    return [event.cartVersion];
  });
}
