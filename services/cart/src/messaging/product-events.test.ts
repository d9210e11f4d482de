import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import type { EventOf, TandemEvent } from '@tandem/contracts/events';
import type { Table } from '@tandem/storage/table';
import { addOne, confirmationOf, guest, NOW, openStore } from '../application/testing.ts';
import { setQuantity } from '../domain/cart.ts';
import { pkOf } from '@tandem/storage/pk';
import { cartKey, catalogKey } from '../store/entity-types.ts';
import { applyProductEvents } from './product-events.ts';

function updated(
  version: number,
  overrides: Partial<EventOf<'ProductUpdated'>> = {},
): EventOf<'ProductUpdated'> {
  const state = { productId: 'p', name: 'P', price: 1999, currency: 'USD', inventory: 5, updatedAt: NOW };
  return { eventType: 'ProductUpdated', ...state, version, ...overrides };
}

/** Opens carts with one widget each, at version 2, and a consumer on a table whose calls are recorded and may fail. */
async function openCarts(t: Parameters<typeof openStore>[0], ...cartIds: readonly string[]) {
  const store = await openStore(t);
  const { table, carts } = store.first;
  for (const id of cartIds) {
    await carts.open(guest, id);
    await carts.change(guest, id, addOne, 'p');
  }
  await store.publishedEvents();
  const calls: string[] = [];
  const failing = new Map<string, Error>();
  const recordingTable: Table = {
    ...table,
    async update(key, decide) {
      calls.push(pkOf(key));
      const error = failing.get(pkOf(key));
      if (error) throw error;
      return table.update(key, decide);
    },
    async putIfNewer(key, state) {
      calls.push(pkOf(key));
      const error = failing.get(`put ${pkOf(key)}`);
      if (error) throw error;
      return table.putIfNewer(key, state);
    },
  };
  const notifications: string[] = [];
  const apply = applyProductEvents({
    table: recordingTable,
    now: () => NOW,
    onResponse: (id) => void notifications.push(id),
  });
  const outcomesOf = async (...events: readonly TandemEvent[]) =>
    (await apply(events)).map((outcome) => outcome.status);
  const lineOf = async (id: string) => (await table.get(cartKey(id)))?.lines[0] ?? assert.fail('no line');
  return { ...store, outcomesOf, calls, failing, notifications, lineOf };
}

test('the responses of an event are stored before its product, so that the catalog never excludes a hold that its line does not have', async (t) => {
  const { outcomesOf, calls, lineOf, notifications } = await openCarts(t, 'a', 'b');
  const reserved = ['a', 'b'].map((cartId) => ({ cartId, qty: 1, cartVersion: 2, revision: 1 }));
  assert.deepEqual(await outcomesOf(updated(2, { inventory: 3, reserved })), ['applied']);
  assert.equal(calls.at(-1), pkOf(catalogKey('p')));
  assert.deepEqual(new Set(notifications), new Set(['a', 'b']));
  const { heldQty, stock } = await lineOf('a');
  assert.deepEqual([heldQty, stock], [1, { version: 2, inventory: 3 }]);
});

test('if the responses of an event cannot be stored, its product is not stored, and both are retried', async (t) => {
  const { first, outcomesOf, failing } = await openCarts(t, 'a');
  const event = updated(2, { reserved: [{ cartId: 'a', qty: 1, cartVersion: 2, revision: 1 }] });
  failing.set(pkOf(cartKey('a')), new DomainError('unavailable', 'store-unavailable', 'Unavailable'));
  assert.deepEqual(await outcomesOf(event, updated(9, { productId: 'q' })), ['failed', 'applied']);
  assert.equal((await first.table.get(catalogKey('p')))?.version, 1);
  failing.clear();
  assert.deepEqual(await outcomesOf(event), ['applied']);
  assert.equal((await first.table.get(catalogKey('p')))?.version, 2);
});

test('core 14: an event that cannot be applied does not fail the others', async (t) => {
  const { outcomesOf, lineOf } = await openCarts(t, 'a');
  const outcomes = await outcomesOf(confirmationOf('a', 2), updated(5_000_000), updated(2));
  assert.deepEqual(outcomes, ['applied', 'failed', 'applied']);
  assert.equal((await lineOf('a')).heldQty, 1);
});

test('of the events of a product in a batch only the newest is stored; they succeed and fail together', async (t) => {
  const { first, outcomesOf, calls, failing } = await openCarts(t);
  const batch = [updated(3), updated(5, { price: 5 }), updated(4), updated(7, { productId: 'q' })];
  failing.set(
    `put ${pkOf(catalogKey('p'))}`,
    new DomainError('unavailable', 'store-unavailable', 'Unavailable'),
  );
  assert.deepEqual(await outcomesOf(...batch), ['failed', 'failed', 'failed', 'applied']);
  failing.clear();
  calls.length = 0;
  assert.deepEqual(await outcomesOf(...batch), ['applied', 'applied', 'applied', 'applied']);
  assert.equal(calls.filter((pk) => pk === pkOf(catalogKey('p'))).length, 1);
  const entry = await first.table.get(catalogKey('p'));
  assert.ok(entry && 'price' in entry);
  assert.deepEqual([entry.version, entry.price], [5, 5]);
});

test('a snapshot that repairs an entry is applied also beside a newer event of its batch', async (t) => {
  const { first, outcomesOf } = await openCarts(t);
  await outcomesOf(updated(900_000_000_000, { productId: 'q' }));
  const { eventType: _, ...state } = updated(3, { productId: 'q', price: 7 });
  await outcomesOf({ eventType: 'ProductSnapshot', ...state }, updated(4, { productId: 'q', price: 9 }));
  const entry = await first.table.get(catalogKey('q'));
  assert.ok(entry && 'price' in entry && entry.price < 10);
});

test('core 1: a rejection lowers the quantity and publishes it once, however often it is delivered', async (t) => {
  const { first, outcomesOf, lineOf, publishedEvents } = await openCarts(t, 'a');
  await outcomesOf(confirmationOf('a', 2));
  await first.carts.change(guest, 'a', (cart, catalog, times) => setQuantity(cart, 'p', catalog, 4, times));
  await publishedEvents();
  const rejected: TandemEvent = {
    eventType: 'InventoryReservationRejected',
    cartId: 'a',
    productId: 'p',
    requestedQty: 4,
    availableQty: 1,
    keptQty: 1,
    cartVersion: 4,
    revision: 9,
    productVersion: 3,
    timestamp: NOW,
  };
  await outcomesOf(rejected, rejected);
  await outcomesOf(rejected);
  const { qty, heldQty, shortage } = await lineOf('a');
  assert.deepEqual([qty, heldQty, shortage], [1, 1, { availableQty: 1, productVersion: 3 }]);
  assert.deepEqual(
    (await publishedEvents()).map((event) => [
      event.eventType,
      'lineQty' in event && event.lineQty,
      'qty' in event && event.qty,
    ]),
    [['ProductRemovedFromCart', 1, 3]],
  );
  const [item] = (await first.carts.read(guest, 'a')).items;
  assert.deepEqual([item?.hold, item?.availability, item?.availableQty], ['held', 'insufficient', 1]);
});

test('a response to a cart that no longer exists is ignored', async (t) => {
  const { first, outcomesOf, notifications } = await openCarts(t);
  assert.deepEqual(await outcomesOf(confirmationOf('gone', 2)), ['applied']);
  assert.equal(await first.table.get(cartKey('gone')), undefined);
  assert.deepEqual(notifications, ['gone']);
});

test('times with any offset are stored in UTC, so that they can be compared as text', async (t) => {
  const { outcomesOf, lineOf } = await openCarts(t, 'a');
  await outcomesOf(confirmationOf('a', 2, { heldUntil: '2026-02-14T17:15:00+02:00' }));
  assert.equal((await lineOf('a')).heldUntil, '2026-02-14T15:15:00.000Z');
});

test('core 14: an implausible version fails; if it was the first of its product, a snapshot repairs it', async (t) => {
  const { first, outcomesOf } = await openCarts(t);
  const versionOf = async (id: string) => (await first.table.get(catalogKey(id)))?.version;
  assert.deepEqual(await outcomesOf(updated(1_000_002)), ['failed']);
  assert.equal(await versionOf('p'), 1);
  const implausible = 900_000_000_000;
  assert.deepEqual(await outcomesOf(updated(implausible, { productId: 'q' })), ['applied']);
  const state = { productId: 'q', name: 'Q', price: 7, currency: 'USD', inventory: 5, updatedAt: NOW };
  await outcomesOf({ eventType: 'ProductSnapshot', ...state, version: 3 });
  await outcomesOf(updated(4, { productId: 'q', price: 9 }), updated(2, { productId: 'q', price: 1 }));
  const entry = await first.table.get(catalogKey('q'));
  assert.ok(entry && 'price' in entry);
  assert.deepEqual([entry.price, entry.version - (entry.versionOffset ?? 0)], [9, 4]);
});
