import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linePath, appendSample, spansOf } from './line.ts';

const frame = { now: 1_000, windowMs: 1_000, width: 100, height: 10, max: 4 };

test('a line runs from the left to the latest sample on the right', () => {
  const samples = [
    { at: 0, value: 0 },
    { at: 500, value: 2 },
    { at: 1_000, value: 4 },
  ];
  assert.equal(linePath(samples, frame), 'M0 10L50 5L100 0');
});

test('samples older than the window are omitted, and values are clamped to the frame', () => {
  const samples = [
    { at: -1, value: 1 },
    { at: 500, value: 9 },
    { at: 1_000, value: -1 },
  ];
  assert.equal(linePath(samples, frame), 'M50 0L100 10');
});

test('a single sample draws no line', () => {
  assert.equal(linePath([{ at: 1_000, value: 1 }], frame), '');
});

test('samples are kept for the length of the window, without duplicates', () => {
  const samples = [{ at: 0 }, { at: 900 }];
  assert.deepEqual(appendSample(samples, { at: 1_500 }, 1_000), [{ at: 900 }, { at: 1_500 }]);
  assert.deepEqual(appendSample(samples, { at: 900 }, 1_000), [{ at: 0 }, { at: 900 }]);
});

test('a span of matching samples lasts until the sample after it', () => {
  const samples = [1, 2, 3, 4, 5, 6].map((at) => ({ at, isOn: [2, 3, 6].includes(at) }));
  assert.deepEqual(
    spansOf(samples, ({ isOn }) => isOn),
    [
      { from: 2, to: 4 },
      { from: 6, to: 6 },
    ],
  );
});
