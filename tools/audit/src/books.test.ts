import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Product } from '@tandem/product/domain/product';
import { heldDifferenceOf, openBook, soldDifferenceOf, stockDifferenceOf } from './books.ts';

const mug: Product = {
  productId: 'mug',
  name: 'Mug',
  price: 100,
  currency: 'EUR',
  onHand: 95,
  held: 3,
  ledger: { stocked: 100, sold: 7, missing: 2 },
  version: 9,
  contentVersion: 1,
  incarnation: 1,
  createdAt: '2026-11-28T11:00:00Z',
  updatedAt: '2026-11-28T11:00:00Z',
};
const sold = (units: number): Product => ({ ...mug, ledger: { ...mug.ledger, sold: units } });

it('units on hand equal units stocked minus units sold plus units missing', () => {
  assert.equal(stockDifferenceOf(mug), undefined);
  assert.deepEqual(stockDifferenceOf({ ...mug, onHand: 94 })?.sum, 95);
});

it('units held are compared only if the product did not change during the scan', () => {
  const book = { ...openBook(mug), heldSum: 2 };
  assert.deepEqual(heldDifferenceOf('mug', { ...book, heldSum: 3 }, mug), undefined);
  assert.partialDeepStrictEqual(heldDifferenceOf('mug', book, mug), { kind: 'heldSum', product: 3, sum: 2 });
  assert.equal(heldDifferenceOf('mug', book, { ...mug, version: 10 }), 'inMotion');
});

it('units sold may grow during the scan, but neither exceed nor fall below the units ordered', () => {
  const book = (orderedSum: number, unappliedSum = 0) => ({ ...openBook(mug), orderedSum, unappliedSum });
  for (const ordered of [7, 8, 9]) assert.equal(soldDifferenceOf('mug', book(ordered), sold(9)), undefined);
  assert.partialDeepStrictEqual(soldDifferenceOf('mug', book(6), sold(9)), { product: 7, sum: 6 });
  assert.partialDeepStrictEqual(soldDifferenceOf('mug', book(10), sold(9)), { product: 9, sum: 10 });
  assert.equal(soldDifferenceOf('mug', book(10, 1), sold(9)), undefined);
});

it('an order for an unknown product is reported as not sold', () => {
  const book = { ...openBook(undefined), orderedSum: 1 };
  assert.partialDeepStrictEqual(soldDifferenceOf('cup', book, undefined), { product: 0, sum: 1 });
});
