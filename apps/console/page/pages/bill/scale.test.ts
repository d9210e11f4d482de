import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logScale } from './scale.ts';

test('an axis goes from a power of ten to another', () => {
  const { at, ticks } = logScale([88, 500, 61_000]);
  assert.deepEqual(ticks, [10, 100, 1_000, 10_000, 100_000]);
  assert.deepEqual(ticks.map(at), [0, 0.25, 0.5, 0.75, 1]);
});

test('ten times as much is as far everywhere', () => {
  const { at } = logScale([0.3, 700]);
  assert.ok(Math.abs(at(5) - at(0.5) - (at(500) - at(50))) < 1e-9);
});

test('it has a length where all values are the same', () => {
  const { at, ticks } = logScale([10, 10]);
  assert.deepEqual(ticks, [10, 100]);
  assert.equal(at(10), 0);
});
