import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logScale } from './scale.ts';

test('an axis spans whole powers of ten', () => {
  const { at, ticks } = logScale([88, 500, 61_000]);
  assert.deepEqual(ticks, [10, 100, 1_000, 10_000, 100_000]);
  assert.deepEqual(ticks.map(at), [0, 0.25, 0.5, 0.75, 1]);
});

test('a factor of ten has the same distance everywhere', () => {
  const { at } = logScale([0.3, 700]);
  assert.ok(Math.abs(at(5) - at(0.5) - (at(500) - at(50))) < 1e-9);
});

test('an axis of equal values spans one power of ten', () => {
  const { at, ticks } = logScale([10, 10]);
  assert.deepEqual(ticks, [10, 100]);
  assert.equal(at(10), 0);
});
