import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTable } from '@tandem/storage/create-table';
import { openSqlite } from '@tandem/storage/sqlite';
import { createProducts } from './application/products.ts';
import { live } from './domain/product.ts';
import { T0 } from './domain/testing.ts';
import { seed } from './seed.ts';
import { products as productType } from './store/entity-types.ts';

const PICTURES = join(import.meta.dirname, '../../../apps/console/public');
const always = () => true;

test('sample products have a picture and a description; changed and deleted ones are not restored', async (t) => {
  const { driver, close } = openSqlite(':memory:');
  t.after(close);
  const table = createTable(driver, { now: () => Date.parse(T0) });
  const products = createProducts({ table, now: () => T0 });
  await seed(table, T0);
  const listed = async () => {
    const { items } = await table.query(productType, { index: 'byCategory', limit: 100 });
    return items.flatMap((stored) => live(stored) ?? []);
  };
  const items = await listed();
  assert.equal(items.length, 12);
  for (const { productId, imageUrl = '' } of items) {
    assert.ok(existsSync(join(PICTURES, imageUrl)), imageUrl);
    const { product } = await products.patch(productId, { price: 1 }, always);
    assert.match(product.description ?? '', /\w{3}/);
  }
  await products.delete('bell-duo', always);
  await seed(table, T0);
  const after = await listed();
  assert.equal(after.length, 11);
  assert.ok(after.every(({ price }) => price === 1));
});
