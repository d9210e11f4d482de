import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createDistribution, MAX_BUCKETS, type Summary } from './distribution.ts';

function summaryOf(values: readonly number[]): Summary {
  const distribution = createDistribution();
  for (const value of values) distribution.add(value);
  return distribution.summary();
}

/** The smallest value which at least this share of the values does not exceed. */
function percentile(buckets: Summary['buckets'], share: number): number {
  const count = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  let rank = 0;
  return buckets.find((bucket) => (rank += bucket.count) >= share * count)?.value ?? NaN;
}

test('a few different values are reported exactly', () => {
  assert.deepEqual(summaryOf([10, 2, 10, 1, 10]), {
    min: 1,
    max: 10,
    sum: 33,
    count: 5,
    buckets: [
      { value: 1, count: 1 },
      { value: 2, count: 1 },
      { value: 10, count: 3 },
    ],
  });
});

test('a million values of every magnitude take no more than 100 buckets', () => {
  const distribution = createDistribution();
  let sum = 0;
  for (let i = 0; i < 1_000_000; i++) {
    const value = 10 ** ((i % 1000) / 50 - 5);
    distribution.add(value);
    sum += value;
  }
  const { buckets, count, ...rest } = distribution.summary();
  assert.ok(buckets.length > 80 && buckets.length <= MAX_BUCKETS, String(buckets.length));
  assert.deepEqual([count, rest.sum, rest.min], [1_000_000, sum, 1e-5]);
});

test('count and sum are exact, and the error of a percentile is at most 20 %', () => {
  const values = fc.array(fc.double({ min: 0.1, max: 6_000_000, noNaN: true }), {
    minLength: 1,
    maxLength: 200,
  });
  fc.assert(
    fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
      const { buckets, count, sum } = summaryOf(values);
      assert.equal(count, values.length);
      assert.equal(
        sum,
        values.reduce((sum, value) => sum + value, 0),
      );
      const bucketSum = buckets.reduce((sum, bucket) => sum + bucket.count * bucket.value, 0);
      assert.ok(Math.abs(bucketSum - sum) <= sum * 1e-9);
      const exact = percentile(
        values.toSorted((a, b) => a - b).map((value) => ({ value, count: 1 })),
        share,
      );
      assert.ok(Math.abs(percentile(buckets, share) / exact - 1) <= 0.2);
    }),
  );
});

test('values outside the range of the buckets are counted in the first and the last bucket', () => {
  const { buckets, min, max } = summaryOf([-5, 0, 0.05, 1e9, 1e12]);
  assert.deepEqual([min, max, buckets.map(({ count }) => count)], [-5, 1e12, [3, 2]]);
});
