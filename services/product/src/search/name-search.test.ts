import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createTable } from '@tandem/storage/create-table';
import type { Driver } from '@tandem/storage/driver';
import { openSqlite } from '@tandem/storage/sqlite';
import { createProducts } from '../application/products.ts';
import { T0 } from '../domain/testing.ts';
import { createNameChangeRecorder, MAX_RECENT } from './name-changes.ts';
import { createNameSearch } from './name-search.ts';

const always = () => true;

/** Two tasks on one table: one writes, the other searches by `find`. */
function openTasks(t: TestContext, { maxProducts = 1_000, isRecording = true } = {}) {
  const { driver, close } = openSqlite(':memory:');
  t.after(close);
  const listed: (string | undefined)[] = [];
  const read: string[] = [];
  const counting: Driver = {
    ...driver,
    queryIndex: (query) => {
      listed.push(query.index);
      return driver.queryIndex(query);
    },
    read: (pks, options) => {
      read.push(...pks);
      return driver.read(pks, options);
    },
  };
  const open = (of: Driver) => createTable(of, { now: () => Date.parse(T0) });
  const table = open(driver);
  const record = createNameChangeRecorder(table, (error) => assert.fail(String(error)));
  let recorded: Promise<void> = Promise.resolve();
  const onNameChange = (productId: string) => (recorded = isRecording ? record(productId) : recorded);
  const products = createProducts({ table, now: () => T0, onNameChange });
  const create = (productId: string, name: string, category?: string) =>
    products.create(undefined, productId, {
      content: { name, price: 1, currency: 'EUR', ...(category === undefined ? {} : { category }) },
      inventory: 9,
    });
  let nowMs = 0;
  const search = createNameSearch({ table: open(counting), now: () => nowMs, maxProducts });
  const find = async (text: string, category?: string) => {
    await recorded;
    return (await search({ text, category, limit: 100 })).productIds;
  };
  const pass = (ms: number) => (nowMs += ms);
  return { products, create, search, find, listed, read, pass };
}

test('the search of another task finds what was created, renamed, moved and deleted, without listing the catalog again', async (t) => {
  const { products, create, find, listed } = openTasks(t);
  await create('bell', 'Bell Duo', 'accessories');
  assert.deepEqual(await find('bell'), ['bell']);
  const lists = listed.length;
  await create('horn', 'Horn');
  assert.deepEqual(await find('horn'), ['horn']);
  await products.patch('bell', { name: 'Gong' }, always);
  assert.deepEqual([await find('bell'), await find('gong')], [[], ['bell']]);
  await products.patch('bell', { category: 'toys' }, always);
  assert.deepEqual([await find('gong', 'accessories'), await find('gong', 'toys')], [[], ['bell']]);
  await products.delete('bell', always);
  assert.deepEqual(await find('gong'), []);
  await create('bell', 'Bell again');
  await products.replace(
    'horn',
    { content: { name: 'Trumpet', price: 2, currency: 'EUR' }, inventory: 0 },
    always,
  );
  await products.import(
    undefined,
    'new',
    { name: 'Flute', price: 1, currency: 'EUR' },
    { isStockCount: false },
  );
  assert.deepEqual([await find('be'), await find('trump'), await find('flu')], [['bell'], ['horn'], ['new']]);
  assert.equal(listed.length, lists);
});

test('a change of stock, price or description is neither recorded nor read again', async (t) => {
  const { products, create, find, read } = openTasks(t);
  await create('bell', 'Bell');
  await find('bell');
  read.length = 0;
  await products.changeStock(undefined, 'bell', { delta: 1 }, always);
  await products.patch('bell', { price: 5, description: 'Loud' }, always);
  await products.import(undefined, 'bell', { name: 'Bell' }, { isStockCount: false });
  assert.deepEqual(await find('bell'), ['bell']);
  assert.deepEqual(read, ['name-changes#recent']);
});

test('more changes than are recorded rebuild the index, at most every ten seconds', async (t) => {
  const { create, find, listed, pass } = openTasks(t);
  assert.deepEqual(await find('cup'), []);
  const lists = listed.length;
  const createCups = (prefix: string) =>
    Promise.all(Array.from({ length: MAX_RECENT + 1 }, (_, i) => create(`${prefix}${i}`, 'Cup')));
  await createCups('a');
  pass(9_999);
  assert.deepEqual([(await find('cup')).length, listed.length], [0, lists]);
  pass(1);
  assert.equal((await find('cup')).length, MAX_RECENT + 1);
  assert.equal(listed.length, lists + 1);
});

test('a change that was not recorded is found after an hour', async (t) => {
  const { create, find, pass } = openTasks(t, { isRecording: false });
  assert.deepEqual(await find('cup'), []);
  await create('cup', 'Cup');
  pass(3_599_999);
  assert.deepEqual(await find('cup'), []);
  pass(1);
  assert.deepEqual(await find('cup'), ['cup']);
});

test('a catalog beyond the limit is searched in part, and the page says so', async (t) => {
  const { create, search } = openTasks(t, { maxProducts: 2 });
  await create('a', 'Cup');
  await create('b', 'Cup');
  assert.equal((await search({ text: 'cup', limit: 9 })).isComplete, true);
  await create('c', 'Cup');
  const { productIds, isComplete } = await search({ text: 'cup', limit: 9 });
  assert.deepEqual([productIds, isComplete], [['a', 'b'], false]);
});
