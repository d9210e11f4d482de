import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationsOf, percentile } from './percentile.ts';

const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);

test('a percentile is the nearest rank', () => {
  assert.deepEqual(
    [0.5, 0.95, 0.99, 1].map((q) => percentile(hundred, q)),
    [50, 95, 99, 100],
  );
  assert.equal(percentile([7], 0.99), 7);
  assert.equal(percentile([], 0.99), 0);
  // Sorted as numbers, not as strings.
  assert.equal(percentile([9, 10, 100], 0.5), 10);
});

test('a summary of durations has the same percentiles', () => {
  assert.deepEqual(durationsOf(hundred), { count: 100, p50: 50, p95: 95, p99: 99, max: 100 });
});
