import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { NewEvent } from '@tandem/contracts/events';
import { createTable } from '@tandem/storage/create-table';
import { openSqlite } from '@tandem/storage/sqlite';
import { addItem } from '../domain/cart.ts';
import { sellable } from '../domain/catalog.ts';
import { type Caller, type Change, createCarts } from './carts.ts';
import { catalogKey } from '../store/kinds.ts';

const NOW = '2026-02-14T15:00:00.000Z';
const widget = {
  productId: 'p',
  version: 1,
  name: 'Acme Widget',
  price: 1999,
  currency: 'USD',
  inventory: 500,
  updatedAt: NOW,
};

/** Carts as two processes have them, over one store that knows the widget. */
async function openStore(t: TestContext) {
  const { driver, feed, close } = openSqlite(':memory:');
  t.after(close);
  let conflicts = 0;
  const cartsOf = () => {
    const table = createTable(driver, { now: () => Date.parse(NOW), onConflict: () => (conflicts += 1) });
    const carts = createCarts({
      table,
      isCatalogSynchronised: () => true,
      newCartId: () => 'cart-abc',
      now: () => NOW,
      ttlSeconds: { guest: 7 * 86_400, user: 30 * 86_400 },
    });
    return { table, carts };
  };
  const [one, other] = [cartsOf(), cartsOf()];
  await one.table.putIfNewer(catalogKey('p'), widget);
  return { one: one.carts, other: other.carts, feed, conflicts: () => conflicts };
}

const caller = (userId?: string): Caller => ({
  identity: userId === undefined ? undefined : { subject: userId },
  idempotent: undefined,
});
const guest = caller();
const addOne: Change = (cart, catalog, moment) => addItem(cart, sellable(catalog, 'p'), 1, moment);

test('200 concurrent adds to one cart by two processes are all in it, and each is told once', async (t) => {
  const { one, other, feed, conflicts } = await openStore(t);
  await one.open(guest);
  await Promise.all(
    Array.from({ length: 200 }, (_, i) => (i % 2 ? one : other).change(guest, 'cart-abc', addOne, 'p')),
  );

  const { items, version, totalAmount } = await one.read(guest, 'cart-abc');
  assert.deepEqual([items[0]?.qty, version, totalAmount], [200, 201, 200 * 1999]);
  assert.ok(conflicts() > 0, 'they met');
  const changes = await feed.read(1_000, AbortSignal.timeout(5_000));
  const events = changes.flatMap(({ after }): readonly NewEvent[] => after?.events ?? []);
  assert.deepEqual(
    events.map((event) => 'lineQty' in event && event.lineQty),
    Array.from({ length: 200 }, (_, i) => i + 1),
  );
});

test("a cart lives for its owner's time after its last change, and is only its owner's", async (t) => {
  const { one } = await openStore(t);
  const { expiresAt } = await one.open(caller('user-1'));
  assert.equal(Date.parse(expiresAt) - Date.parse(NOW), 30 * 86_400_000);
  const stranger = caller('user-2');
  for (const call of [
    () => one.read(guest, 'cart-abc'),
    () => one.delete(stranger, 'cart-abc'),
    () => one.checkOut(stranger, 'cart-abc'),
    () => one.merge(stranger, 'cart-abc', 'cart-abc'),
    () => one.change(stranger, 'cart-abc', () => assert.fail('decided about what is not theirs')),
  ])
    await assert.rejects(call, { kind: 'notFound', code: 'cart-not-found' });
});

test('a cart that was deleted is not found, and what is not in the catalog cannot be added', async (t) => {
  const { one } = await openStore(t);
  const { expiresAt } = await one.open(guest);
  assert.equal(Date.parse(expiresAt) - Date.parse(NOW), 7 * 86_400_000);
  const addOther: Change = (cart, catalog, moment) => addItem(cart, sellable(catalog, 'q'), 1, moment);
  await assert.rejects(one.change(guest, 'cart-abc', addOther, 'q'), { code: 'product-not-found' });
  await one.delete(guest, 'cart-abc');
  await assert.rejects(one.read(guest, 'cart-abc'), { code: 'cart-not-found' });
  await assert.rejects(one.delete(guest, 'cart-abc'), { code: 'cart-not-found' });
});

test('only some checkouts wait for Product at the same time, the others are answered at once', async (t) => {
  const { one } = await openStore(t);
  await one.open(guest);
  await one.change(guest, 'cart-abc', addOne, 'p');
  let ended = 0;
  const pending = { kind: 'unavailable', code: 'reservation-pending' };
  const checkout = async () => {
    await assert.rejects(one.checkOut(guest, 'cart-abc'), pending);
    ended += 1;
    return ended;
  };
  const order = await Promise.all(Array.from({ length: 18 }, checkout));
  assert.deepEqual(order.slice(16), [1, 2], 'the last two did not wait');
});
