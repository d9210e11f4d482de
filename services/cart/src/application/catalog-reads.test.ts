import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { cachedTable } from '@tandem/storage/cached';
import type { Driver } from '@tandem/storage/driver';
import { createTable } from '@tandem/storage/create-table';
import { openSqlite } from '@tandem/storage/sqlite';
import { addItem } from '../domain/cart.ts';
import { requireProduct } from '../domain/catalog.ts';
import { renewHolds } from '../domain/hold.ts';
import { product } from '../domain/testing.ts';
import { catalogKey } from '../store/entity-types.ts';
import { type Change, createCarts } from './carts.ts';
import { guest, NOW } from './testing.ts';

/** Two tasks with a cache of the catalog, and the reads of the first. */
async function openTasks(t: TestContext) {
  const { driver, close } = openSqlite(':memory:');
  t.after(close);
  const reads: string[] = [];
  const recording: Driver = {
    ...driver,
    read: (pks, options) => {
      reads.push([...pks, options.consistent ? 'consistent' : 'stale'].join(' '));
      return driver.read(pks, options);
    },
  };
  const openTask = (store: Driver) => {
    const table = cachedTable(createTable(store, { now: () => Date.parse(NOW) }), {
      ttlMs: 60_000,
      maxItems: 100,
    });
    const ttlSeconds = { guest: 86_400, user: 86_400 };
    return {
      table,
      carts: createCarts({ table, isCatalogSynchronised: () => true, now: () => NOW, ttlSeconds }),
    };
  };
  const [first, second] = [openTask(recording), openTask(driver)];
  await first.carts.open(guest, 'cart-1');
  for (const id of ['p', 'q']) await second.table.putIfNewer(catalogKey(id), product(id, { price: 100 }));
  reads.length = 0;
  const add = (id: string, caller = guest) => first.carts.change(caller, 'cart-1', adding(id), id);
  /** The reads since the last call. */
  const lastReads = () => reads.splice(0);
  return { first, second, add, lastReads };
}

const adding =
  (id: string): Change =>
  (cart, catalog, times) =>
    addItem(cart, requireProduct(catalog, id), 1, times);
const repriced = (id: string, price: number) => product(id, { price, version: 2 });

test('an add reads the cart and the product at once, and other lines from the cache', async (t) => {
  const { add, lastReads } = await openTasks(t);
  await add('p');
  assert.deepEqual(lastReads(), ['cart#cart-1 catalog#p consistent']);
  await add('q');
  assert.deepEqual(lastReads(), ['cart#cart-1 catalog#q consistent', 'catalog#p stale']);
  await add('q');
  assert.deepEqual(lastReads(), ['cart#cart-1 catalog#q consistent']);
});

test('a change decides about the current product, although its entry is cached; other lines may be a second old', async (t) => {
  const { first, second, add } = await openTasks(t);
  await add('p');
  await add('q');
  for (const id of ['p', 'q']) await second.table.putIfNewer(catalogKey(id), repriced(id, 200));
  const { items } = await add('q');
  assert.deepEqual(
    items.map(({ currentPrice }) => currentPrice),
    [100, 200],
  );
  await first.table.putIfNewer(catalogKey('p'), product('p', { price: 300, version: 3 }));
  assert.equal(
    (await add('q')).items[0]?.currentPrice,
    300,
    'an event that this task applied is visible at once',
  );
});

test('a precondition, and a change of all lines, are decided by the current entries of all', async (t) => {
  const { first, second, add } = await openTasks(t);
  await add('p');
  await add('q');
  await second.table.putIfNewer(catalogKey('p'), repriced('p', 200));
  let seen: unknown;
  const meetsPreconditions = (cart: { items: readonly { currentPrice: number }[] }) => {
    seen = cart.items[0]?.currentPrice;
    return true;
  };
  await add('q', { ...guest, meetsPreconditions });
  assert.equal(seen, 200);
  await second.table.putIfNewer(catalogKey('p'), product('p', { price: 300, version: 3 }));
  const { items } = await first.carts.change(guest, 'cart-1', renewHolds);
  assert.equal(items[0]?.currentPrice, 300);
});

test('a change without a response reads no other line', async (t) => {
  const { first, add, lastReads } = await openTasks(t);
  await add('p');
  lastReads();
  await first.carts.changeOnly(guest, 'cart-1', adding('q'), 'q');
  assert.deepEqual(lastReads(), ['cart#cart-1 catalog#q consistent']);
  await first.carts.delete(guest, 'cart-1');
  assert.deepEqual(lastReads(), ['cart#cart-1 consistent']);
});
