import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Funnel } from '@tandem/analytics/application/funnel';
import { bandsOf, outcomesOf } from './funnel-shape.ts';

const funnel = (cartsOpened: number, cartsCheckedOut: number, cartsAbandoned: number) =>
  ({ cartsOpened, cartsCheckedOut, cartsAbandoned }) as Funnel;
const cartsOf = (...counts: Parameters<typeof funnel>) =>
  outcomesOf(funnel(...counts)).map(({ carts }) => carts);
const frame = { width: 100, slot: 40, thickness: 20 };

test('carts that did not end are open, or were deleted', () => {
  assert.deepEqual(cartsOf(10, 5, 2), [5, 2, 3]);
});

test('no carts are left where more ended than were opened', () => {
  assert.deepEqual(cartsOf(3, 2, 2), [2, 2, 0]);
});

test('bands share the left edge, and end in the middle of their slots', () => {
  const [first, second, third] = bandsOf(outcomesOf(funnel(4, 2, 1)), frame);
  assert.equal(first?.path, 'M0 50C50 50 50 15 100 15V25C50 25 50 60 0 60Z');
  assert.match(second?.path ?? '', /^M0 60C/);
  assert.deepEqual(second?.end, { y: 57.5, thickness: 5 });
  assert.deepEqual(third?.end, { y: 97.5, thickness: 5 });
});

test('without carts no band has a thickness', () => {
  assert.deepEqual(
    bandsOf(outcomesOf(funnel(0, 0, 0)), frame).map(({ end }) => end.thickness),
    [0, 0, 0],
  );
});
