import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import { availableOf, changeStock, sell, type Stock } from './stock.ts';

const stock = (onHand: number, held: number): Stock => ({
  onHand,
  held,
  ledger: { stocked: onHand, sold: 0, missing: 0 },
});

function conflictOf(change: () => unknown) {
  try {
    change();
  } catch (error) {
    assert.ok(error instanceof DomainError && error.kind === 'conflict');
    return [error.code, error.details];
  }
  throw new Error('no conflict');
}

test('available units are the units on hand less the held ones, at least 0', () => {
  assert.deepEqual([stock(10, 4), stock(4, 4), stock(3, 4)].map(availableOf), [6, 0, 0]);
});

test('a delivery adds to the stock on hand, also if carts hold more than is on hand', () => {
  assert.equal(changeStock(stock(10, 4), { delta: 5 }).onHand, 15);
  assert.equal(changeStock(stock(3, 4), { delta: 1 }).onHand, 4);
});

test('a loss may reduce available units, but not held ones', () => {
  assert.equal(changeStock(stock(10, 4), { delta: -6 }).onHand, 4);
  assert.deepEqual(
    conflictOf(() => changeStock(stock(10, 4), { delta: -7 })),
    ['insufficient-stock', { onHand: 10, held: 4, inventory: 6 }],
  );
});

test('core 3: a count sets the stock on hand, even below the held units, which do not change', () => {
  const after = changeStock(stock(10, 6), { onHand: 5, expectedOnHand: 10 });
  assert.deepEqual([after.onHand, after.held, availableOf(after)], [5, 6, 0]);
  assert.deepEqual(after.ledger, { stocked: 5, sold: 0, missing: 0 });
});

test('core 3: a count whose expected stock differs is rejected with the current stock', () => {
  assert.deepEqual(
    conflictOf(() => changeStock(stock(10, 6), { onHand: 12, expectedOnHand: 11 })),
    ['stock-changed', { onHand: 10, held: 6, inventory: 4 }],
  );
});

test('a stock beyond the largest safe integer is rejected', () => {
  const [code] = conflictOf(() => changeStock(stock(10, 0), { delta: Number.MAX_SAFE_INTEGER }));
  assert.equal(code, 'stock-too-large');
});

test("a sale reduces the stock on hand and releases the cart's hold; units not on hand are missing", () => {
  assert.deepEqual(sell(stock(10, 4), 4, 4), {
    stock: { onHand: 6, held: 0, ledger: { stocked: 10, sold: 4, missing: 0 } },
    missing: 0,
  });
  assert.deepEqual(sell(stock(3, 4), 4, 4), {
    stock: { onHand: 0, held: 0, ledger: { stocked: 3, sold: 4, missing: 1 } },
    missing: 1,
  });
});
