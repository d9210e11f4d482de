import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantitiesOf } from './quantities.ts';
import type { Entry, Outcome } from './operation-log.ts';

const cartId = 'cart-1';
const done = (version: number): Outcome => ({ status: 'done', version });
const add = (qty: number, outcome: Outcome): Entry => ({ op: 'add', cartId, productId: 'mug', qty, outcome });
const set = (productId: string, qty: number, outcome: Outcome): Entry => ({
  op: 'set',
  cartId,
  productId,
  qty,
  outcome,
});
const reduced = (qty: number, version: number) => ({ cartId, productId: 'mug', qty, version });

/** The possible quantities of mugs, in ascending order. */
function mugs(log: readonly Entry[], ...reductions: ReturnType<typeof reduced>[]): number[] {
  const possible = quantitiesOf(log, reductions)(cartId).get('mug') ?? new Set();
  return [...possible].toSorted((a, b) => a - b);
}

test('a reduction is applied at its version, between earlier and later changes', () => {
  assert.deepEqual(mugs([add(5, done(2)), add(2, done(3))], reduced(5, 5)), [5]);
  assert.deepEqual(mugs([add(5, done(2)), add(2, done(3)), add(1, done(6))], reduced(5, 5)), [6]);
  assert.deepEqual(mugs([add(5, done(2)), set('mug', 9, done(6))], reduced(4, 5)), [9]);
});

test('concurrent adds are applied in the order of their versions', () => {
  assert.deepEqual(mugs([add(5, done(2)), add(3, done(7)), add(2, done(4))], reduced(5, 5)), [8]);
});

test('a no-op request that returns the version of a reduction does not hide the reduction', () => {
  assert.deepEqual(mugs([add(5, done(2)), add(2, done(3)), set('bowl', 0, done(5))], reduced(5, 5)), [5]);
});

test('a change with an unknown outcome may precede the reduction, follow it, or not have happened', () => {
  assert.deepEqual(mugs([add(5, done(2)), add(2, { status: 'unknown' })], reduced(5, 5)), [5, 7]);
});

test('a merge moves the reduced quantity once', () => {
  const source = 'cart-2';
  const log: Entry[] = [
    { op: 'add', cartId: source, productId: 'mug', qty: 4, outcome: done(2) },
    add(1, done(2)),
    { op: 'merge', cartId, fromCartId: source, outcome: done(3) },
    { op: 'merge', cartId, fromCartId: source, outcome: done(3) },
  ];
  assert.deepEqual(mugs(log, { ...reduced(3, 4), cartId: source }), [4]);
  assert.deepEqual([...quantitiesOf(log, [])(source)], [['mug', new Set([0])]]);
});
