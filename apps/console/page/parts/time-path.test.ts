import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latest, pathWithGaps } from './time-path.ts';

const frame = { width: 40, height: 10, max: 10 };

test('a line runs from edge to edge, and is clamped to the frame', () => {
  assert.equal(pathWithGaps([0, 5, 99], frame), 'M0 10L20 5L40 0');
});

test('a line has gaps where there is no value; a single value is a dot', () => {
  assert.equal(pathWithGaps([0, null, 10, 10, null], frame), 'M0 10h0M20 0L30 0');
  assert.equal(pathWithGaps([null, null], frame), '');
  assert.equal(pathWithGaps([], frame), '');
});

test('the latest values are at the end, after none where there are fewer', () => {
  assert.deepEqual(latest([1, 2], 4), [null, null, 1, 2]);
  assert.deepEqual(latest([1, 2, 3], 2), [2, 3]);
});
