import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogKey } from '@tandem/cart/store/entity-types';
import type { CatalogEntry } from '@tandem/cart/domain/catalog';
import { createProduct, deleteProduct } from '@tandem/product/domain/edit-product';
import { productKey } from '@tandem/product/store/entity-types';
import { createTable } from '@tandem/storage/create-table';
import { openSqlite } from '@tandem/storage/sqlite';
import { lostProducts } from './lost-products.ts';

const stored = '2026-11-28T11:00:00.000Z';
const earlier = '2026-11-28T10:59:59Z';
const later = '2026-11-28T13:00:00+01:00';

/** The lines, and the ids of deleted products, if Cart knows these entries and Product has `mug`, and `cup` as deleted. */
async function lost(entries: readonly CatalogEntry[]) {
  using products = openSqliteTable();
  using carts = openSqliteTable();
  for (const id of ['mug', 'cup'])
    await products.table.update(productKey(id), (current) =>
      createProduct(
        { stored: current },
        id,
        { content: { name: id, price: 100, currency: 'EUR' }, inventory: 5 },
        stored,
      ),
    );
  await products.table.update(productKey('cup'), (current) =>
    deleteProduct({ stored: current }, 'cup', stored, () => true),
  );
  for (const entry of entries) await carts.table.putIfNewer(catalogKey(entry.productId), entry);
  const deleted: string[] = [];
  const lines: object[] = [];
  for await (const line of lostProducts({
    products: products.driver,
    carts: carts.driver,
    segments: 1,
    now: Date.now,
    onDeleted: (productId) => void deleted.push(productId),
  }))
    lines.push(line);
  return { lines, deleted };
}

function openSqliteTable() {
  const { driver, close } = openSqlite(':memory:');
  return { driver, table: createTable(driver, { now: Date.now }), [Symbol.dispose]: close };
}

const entry = (productId: string, price: number, updatedAt: string): CatalogEntry => ({
  productId,
  version: 7,
  name: productId,
  price,
  currency: 'EUR',
  inventory: 3,
  updatedAt,
});

test('what Cart knows of a later time is printed: changed fields, and whole products', async () => {
  const { lines } = await lost([entry('mug', 120, later), entry('pen', 50, earlier)]);
  assert.deepEqual(lines, [
    { productId: 'mug', price: 120 },
    { productId: 'pen', name: 'pen', price: 50, currency: 'EUR', inventory: 3 },
  ]);
  const known = await lost([{ productId: 'mug', version: 8, deleted: true }]);
  assert.deepEqual(known, { lines: [], deleted: ['mug'] });
});

test('where Cart is behind, nothing is printed: neither an earlier price nor a product that was deleted since', async () => {
  for (const updatedAt of [earlier, stored]) {
    const { lines } = await lost([entry('mug', 80, updatedAt), entry('cup', 100, updatedAt)]);
    assert.deepEqual(lines, []);
  }
});
