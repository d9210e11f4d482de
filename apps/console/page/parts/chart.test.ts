import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heightOf, pathThrough, scaleOf } from './chart.ts';

const frame = { width: 100, height: 10, max: 4 };

test('the scale is a round number', () => {
  const scaleFor = (value: number) => scaleOf([0, value], 5);
  assert.deepEqual([0, 7, 12, 31, 1_000].map(scaleFor), [5, 8, 15, 40, 1_000]);
});

test('values are drawn from edge to edge, and clamped to the frame', () => {
  assert.equal(pathThrough([0, 2, 4], frame), 'M0 10L50 5L100 0');
  assert.equal(pathThrough([9, -1], frame), 'M0 0L100 10');
});

test('a single value is a dot, and none draws nothing', () => {
  assert.equal(pathThrough([4], frame), 'M50 0h0');
  assert.equal(pathThrough([], frame), '');
});

test('without a scale every value is at the lower edge', () => {
  assert.equal(heightOf(3, { ...frame, max: 0 }), 0);
});
