import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linePath, remember, scaleOf } from './line.ts';

const frame = { now: 1_000, windowMs: 1_000, width: 100, height: 10, most: 4 };

test('a line runs from the left to the latest sample at the right', () => {
  const samples = [
    { at: 0, value: 0 },
    { at: 500, value: 2 },
    { at: 1_000, value: 4 },
  ];
  assert.equal(linePath(samples, frame), 'M0 10L50 5L100 0');
});

test('what is older than the window is left out, and nothing leaves the frame', () => {
  const samples = [
    { at: -1, value: 1 },
    { at: 500, value: 9 },
    { at: 1_000, value: -1 },
  ];
  assert.equal(linePath(samples, frame), 'M50 0L100 10');
});

test('one sample is no line', () => {
  assert.equal(linePath([{ at: 1_000, value: 1 }], frame), '');
});

test('a scale is a round number', () => {
  const of = (value: number) => scaleOf([{ at: 0, value }], 5);
  assert.deepEqual([0, 7, 12, 40, 1_000].map(of), [5, 10, 20, 50, 1_000]);
});

test('samples are remembered for as long as the window, and once', () => {
  const samples = [{ at: 0 }, { at: 900 }];
  assert.deepEqual(remember(samples, { at: 1_500 }, 1_000), [{ at: 900 }, { at: 1_500 }]);
  assert.deepEqual(remember(samples, { at: 900 }, 1_000), [{ at: 0 }, { at: 900 }]);
});
