import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTable } from '@tandem/storage/create-table';
import { openSqlite } from '@tandem/storage/sqlite';
import { T0 } from '../domain/testing.ts';
import { createProducts } from './products.ts';

const always = () => true;

test('a change reads the description only if the product has one or the change includes it', async () => {
  const { driver, close } = openSqlite(':memory:');
  const reads: string[] = [];
  const recordingDriver: typeof driver = {
    ...driver,
    read: (pks, options) => {
      reads.push(...pks);
      return driver.read(pks, options);
    },
  };
  const table = createTable(recordingDriver, { now: () => Date.parse(T0) });
  const products = createProducts({ table, now: () => T0 });
  const readsOf = async (change: () => Promise<unknown>) => {
    reads.length = 0;
    await change();
    return reads.map((pk) => pk.split('#')[0]);
  };

  const content = { name: 'mug', price: 1, currency: 'EUR' };
  await products.create(undefined, 'mug', { content, inventory: 5 });
  const reprice = (price: number) => products.patch('mug', { price }, always);
  const deliver = () => products.changeStock(undefined, 'mug', { delta: 1 }, always);
  assert.deepEqual(await readsOf(() => reprice(2)), ['product']);
  assert.deepEqual(await readsOf(deliver), ['product']);

  const describe = (description: string | null) => products.patch('mug', { description }, always);
  assert.deepEqual(await readsOf(() => describe('blue')), ['product', 'description']);
  assert.deepEqual(await readsOf(() => reprice(3)), ['product', 'description']);
  assert.equal((await reprice(4)).product.description, 'blue');
  assert.equal((await deliver()).product.description, 'blue');

  await describe(null);
  assert.deepEqual(await readsOf(() => reprice(5)), ['product']);
  assert.equal((await describe('red')).product.description, 'red');
  await products.delete('mug', always);
  await products.create(undefined, 'mug', { content, inventory: 1 });
  assert.equal((await reprice(6)).product.description, undefined);
  assert.equal((await describe('green')).product.description, 'green');
  close();
});
