import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { NewEvent } from '@tandem/contracts/events';
import { createTable } from '@tandem/storage/create-table';
import { openSqlite } from '@tandem/storage/sqlite';
import { addItem } from '../domain/cart.ts';
import { createCarts } from './carts.ts';
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

test('200 concurrent adds to one cart by two processes are all in it, and each is told once', async (t) => {
  const { one, other, feed, conflicts } = await openStore(t);
  await one.open(undefined);
  const offer = await one.offer('p');
  await Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      (i % 2 ? one : other).change(undefined, 'cart-abc', (cart, moment) =>
        addItem(cart, offer(), 1, moment),
      ),
    ),
  );

  const { items, version, totalAmount } = await one.read(undefined, 'cart-abc');
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
  const { expiresAt } = await one.open('user-1');
  assert.equal(Date.parse(expiresAt) - Date.parse(NOW), 30 * 86_400_000);
  for (const call of [
    () => one.read(undefined, 'cart-abc'),
    () => one.delete('user-2', 'cart-abc'),
    () => one.change('user-2', 'cart-abc', () => assert.fail('decided about what is not theirs')),
  ])
    await assert.rejects(call, { kind: 'notFound', code: 'cart-not-found' });
});

test('a cart that was deleted is not found, and offers are made of what the catalog knows', async (t) => {
  const { one } = await openStore(t);
  const { expiresAt } = await one.open(undefined);
  assert.equal(Date.parse(expiresAt) - Date.parse(NOW), 7 * 86_400_000);
  await one.delete(undefined, 'cart-abc');
  await assert.rejects(one.read(undefined, 'cart-abc'), { code: 'cart-not-found' });
  await assert.rejects(one.delete(undefined, 'cart-abc'), { code: 'cart-not-found' });
  assert.deepEqual((await one.offer('p'))(), widget);
  assert.throws(await one.offer('q'), { code: 'product-not-found' });
});
