import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { entryOf } from '../domain/catalog.ts';
import { renewHolds } from '../domain/hold.ts';
import { catalogKey, cartKey } from '../store/entity-types.ts';
import type { CartsDeps } from './carts.ts';
import { addOne, caller, confirmationOf, guest, NOW, openStore, requestsIn, widget } from './testing.ts';

const PENDING = { kind: 'unavailable', code: 'reservation-pending' };
const later = (seconds: number) => new Date(Date.parse(NOW) + seconds * 1_000).toISOString();

/** A cart with one widget, at version 2, whose hold was requested at that version. */
async function openCart(t: TestContext, overrides: Partial<CartsDeps> = {}) {
  const store = await openStore(t, overrides);
  await store.first.carts.open(guest, 'c');
  await store.first.carts.change(guest, 'c', addOne, 'p');
  await store.publishedEvents();
  const versionOf = async () =>
    (await store.first.table.get(cartKey('c')))?.version ?? assert.fail('no cart');
  return { ...store, versionOf };
}

/** Polls until holds are requested; resolves to the cart version of the newest request. */
async function newestRequest(
  publishedEvents: () => Promise<Parameters<typeof requestsIn>[0]>,
): Promise<number> {
  for (let polls = 0; polls < 500; polls++) {
    const version = requestsIn(await publishedEvents()).at(-1);
    if (version !== undefined) return version;
    await delay(5);
  }
  return assert.fail('no hold was requested');
}

/** Resolves once so many checkouts of this process wait: each reads the cart when it has begun to. */
function untilWaiting(t: TestContext, { table }: Pick<CartsDeps, 'table'>, checkouts = 1): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const get = table.get.bind(table);
  let reads = 0;
  t.mock.method(table, 'get', (key: Parameters<typeof get>[0]) => {
    if (++reads === checkouts) resolve();
    return get(key);
  });
  return promise;
}

test('a checkout waits for the confirmation of the hold, and continues once it is stored, without a poll', async (t) => {
  const { first } = await openCart(t);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const waiting = untilWaiting(t, first);
  const checkout = first.carts.checkOut(guest, 'c');
  await waiting;
  await first.apply([confirmationOf('c', 2)]);
  assert.equal((await checkout).status, 'checkedOut');
});

test('a checkout continues after a confirmation that another process has stored', async (t) => {
  const { first, second } = await openCart(t);
  const checkout = first.carts.checkOut(guest, 'c');
  await second.apply([confirmationOf('c', 2)]);
  assert.equal((await checkout).status, 'checkedOut');
});

test('many checkouts can wait concurrently', async (t) => {
  const { first } = await openCart(t);
  const waiting = untilWaiting(t, first, 100);
  const checkouts = Array.from({ length: 100 }, () => first.carts.checkOut(guest, 'c'));
  await waiting;
  await first.apply([confirmationOf('c', 2)]);
  for (const { status } of await Promise.all(checkouts)) assert.equal(status, 'checkedOut');
});

test('core 8: without a response until the deadline, the checkout is unavailable and requests the hold again', async (t) => {
  const { first, publishedEvents } = await openCart(t, { reservationWaitMs: 50 });
  await assert.rejects(first.carts.checkOut(guest, 'c'), PENDING);
  assert.deepEqual(requestsIn(await publishedEvents()), [3]);
  await first.apply([confirmationOf('c', 3)]);
  assert.equal((await first.carts.checkOut(guest, 'c')).status, 'checkedOut');
});

test('a rejection of the hold ends the wait with a conflict', async (t) => {
  const { first } = await openCart(t);
  const checkout = first.carts.checkOut(guest, 'c');
  const order = {
    cartId: 'c',
    productId: 'p',
    cartVersion: 2,
    revision: 1,
    productVersion: 9,
    timestamp: NOW,
  };
  const rejected = { requestedQty: 1, availableQty: 0, keptQty: 0 };
  await first.apply([{ eventType: 'InventoryReservationRejected', ...order, ...rejected }]);
  await assert.rejects(checkout, { kind: 'conflict', code: 'lines-changed' });
});

test('core 8: a checkout requests an expired hold again, and continues once it is confirmed', async (t) => {
  const { first, publishedEvents } = await openCart(t);
  const expired = { cartId: 'c', productId: 'p', cartVersion: 2, revision: 3, qty: 1, timestamp: NOW };
  await first.apply([confirmationOf('c', 2), { eventType: 'InventoryReservationExpired', ...expired }]);
  await publishedEvents();
  const checkout = first.carts.checkOut(guest, 'c');
  await first.apply([confirmationOf('c', await newestRequest(publishedEvents))]);
  assert.equal((await checkout).status, 'checkedOut');
});

test('a checkout renews a hold that is about to expire, and accepts the renewed one even if it is as short', async (t) => {
  const { first, publishedEvents } = await openCart(t);
  await first.apply([confirmationOf('c', 2, { heldUntil: later(3) })]);
  const checkout = first.carts.checkOut(guest, 'c');
  const requestVersion = await newestRequest(publishedEvents);
  await first.apply([confirmationOf('c', requestVersion, { heldUntil: later(3) })]);
  assert.equal((await checkout).status, 'checkedOut');
});

test('a checkout waits for the hold of a product that was deleted and created again, whose former hold is void', async (t) => {
  const { first, publishedEvents } = await openCart(t);
  await first.apply([confirmationOf('c', 2, { productVersion: 2 })]);
  await publishedEvents();
  await first.table.putIfNewer(catalogKey('p'), { ...widget, version: 5, incarnation: 5 });
  const checkout = first.carts.checkOut(guest, 'c');
  const requestVersion = await newestRequest(publishedEvents);
  await first.apply([confirmationOf('c', requestVersion, { productVersion: 6 })]);
  assert.equal((await checkout).status, 'checkedOut');
});

test('a checkout waits for units that are added after its last read', async (t) => {
  const { first, second } = await openCart(t);
  const get = first.table.get.bind(first.table);
  let reads = 0;
  t.mock.method(first.table, 'get', async (key: Parameters<typeof get>[0]) => {
    reads += 1;
    await first.apply([confirmationOf('c', reads === 1 ? 2 : 4, { qty: reads })]);
    const cart = await get(key);
    if (reads === 1) await second.carts.change(guest, 'c', addOne, 'p');
    return cart;
  });
  const { items } = await first.carts.checkOut(guest, 'c');
  assert.deepEqual([items.map(({ qty }) => qty), reads], [[2], 2]);
});

test('a hold that does not expire soon is checked out without a request for its renewal', async (t) => {
  const { first, publishedEvents } = await openCart(t, { reservationWaitMs: 0 });
  await first.apply([confirmationOf('c', 2, { heldUntil: later(6) })]);
  await publishedEvents();
  assert.equal((await first.carts.checkOut(guest, 'c')).status, 'checkedOut');
  assert.deepEqual(
    (await publishedEvents()).map(({ eventType }) => eventType),
    ['CartCheckedOut'],
  );
});

test('a line stays held during the renewal of its hold, so that a checkout does not wait', async (t) => {
  const { first } = await openCart(t, { reservationWaitMs: 0 });
  await first.apply([confirmationOf('c', 2)]);
  const renewed = await first.carts.change(guest, 'c', renewHolds);
  assert.equal(renewed.items[0]?.hold, 'held');
  assert.equal((await first.carts.checkOut(guest, 'c')).status, 'checkedOut');
});

test('a failed checkout is not stored under its idempotency key: a retry may succeed', async (t) => {
  const { first } = await openCart(t, { reservationWaitMs: 0 });
  let replays = 0;
  const expiresAt = Date.parse(NOW) / 1000 + 60;
  const idempotent = { id: 'key', fingerprint: 'f', expiresAt, onReplay: () => void (replays += 1) };
  const callerWithKey = caller(undefined, { idempotent });
  await assert.rejects(first.carts.checkOut(callerWithKey, 'c'), PENDING);
  await first.table.putIfNewer(catalogKey('p'), { ...widget, version: 2, price: 2000 });
  await assert.rejects(first.carts.checkOut(callerWithKey, 'c'), { code: 'lines-changed' });
  await first.table.putIfNewer(catalogKey('p'), { ...widget, version: 3 });
  await first.apply([confirmationOf('c', 3)]);
  const order = await first.carts.checkOut(callerWithKey, 'c');
  assert.deepEqual([order.status, replays], ['checkedOut', 0]);
  assert.deepEqual([await first.carts.checkOut(callerWithKey, 'c'), replays], [order, 1]);
});

test('core 11: while the read model is incomplete, a checkout with an unknown product is unavailable, but its line is not', async (t) => {
  const { first } = await openStore(t, { isCatalogSynchronised: () => false });
  await first.carts.open(guest, 'c');
  await first.carts.change(guest, 'c', addOne, 'p');
  const deleted = { eventType: 'ProductDeleted', productId: 'q', version: 1, updatedAt: NOW } as const;
  await first.table.putIfNewer(catalogKey('q'), entryOf(deleted));
  const cart = (await first.table.get(cartKey('c'))) ?? assert.fail('no cart');
  const [line] = cart.lines;
  assert.ok(line);
  await first.table.update(cartKey('c'), () => ({
    state: { ...cart, lines: [{ ...line, productId: 'unknown' }], version: cart.version + 1 },
    events: [],
  }));
  assert.equal((await first.carts.read(guest, 'c')).items[0]?.availability, 'available');
  await assert.rejects(first.carts.checkOut(guest, 'c'), {
    kind: 'unavailable',
    code: 'catalog-not-synchronised',
  });
});
