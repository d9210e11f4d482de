import assert from 'node:assert/strict';
import { test } from 'node:test';
import { product } from '../testing.ts';
import { withProducts } from './with-products.ts';

const catalog = {
  isComplete: true,
  products: [product({ productId: 'a', version: 5 }), product({ productId: 'b', version: 2 })],
};
const versionsOf = (ids: readonly string[], read: Parameters<typeof withProducts>[2]) =>
  withProducts(catalog, ids, read).products.map(({ productId, version }) => `${productId}${version}`);

test('products that were read again replace their older states, new ones are added, missing ones disappear', () => {
  assert.deepEqual(versionsOf(['a'], [product({ productId: 'a', version: 6 })]), ['a6', 'b2']);
  assert.deepEqual(versionsOf(['c'], [product({ productId: 'c' })]), ['a5', 'b2', 'c1']);
  assert.deepEqual(versionsOf(['a'], []), ['b2']);
});

test('a product does not return to an older state', () => {
  assert.deepEqual(versionsOf(['a'], [product({ productId: 'a', version: 4 })]), ['a5', 'b2']);
});
