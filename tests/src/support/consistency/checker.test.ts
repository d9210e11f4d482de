import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CartBody } from '../http.ts';
import { violationsOf } from './checker.ts';
import type { Outcome } from './operation-log.ts';

const cartId = 'cart-a';

/** Violations of an empty cart with this status, after checkouts with these outcomes. */
function violationsAfter(status: CartBody['status'], ...outcomes: readonly Outcome[]): readonly string[] {
  const cart = { cartId, status, version: 2, items: [], totalAmount: 0 } as unknown as CartBody;
  const published = { reductions: [], missing: new Map(), expired: 0, heldAgain: [] };
  return violationsOf(
    [
      { op: 'open', cartId, outcome: { status: 'done', version: 1 } },
      ...outcomes.map((outcome) => ({ op: 'checkOut', cartId, outcome }) as const),
    ],
    { products: [], carts: [cart], deadLetters: 0, published, at: 0 },
  );
}

const done: Outcome = { status: 'done', version: 2 };
const rejected: Outcome = { status: 'rejected' };
const unknown: Outcome = { status: 'unknown' };

test('a checkout with a response has happened, or not, as the response says', () => {
  assert.deepEqual(violationsAfter('checkedOut', rejected, done), []);
  assert.deepEqual(violationsAfter('open', rejected), []);
  assert.deepEqual(violationsAfter('open', done), [`${cartId}: status is open, expected checkedOut`]);
  assert.deepEqual(violationsAfter('checkedOut', rejected), [
    `${cartId}: status is checkedOut, expected open`,
  ]);
});

test('a checkout whose response was lost may have happened', () => {
  for (const status of ['open', 'checkedOut'] as const)
    assert.deepEqual(violationsAfter(status, unknown, rejected), []);
  assert.deepEqual(violationsAfter('open', unknown, done), [
    `${cartId}: status is open, expected checkedOut`,
  ]);
});
