import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTokenBuckets } from './token-buckets.ts';

const size = { unitsPerSecond: 2, capacity: 4 };

test('memory is bounded: the bucket used the least recently is dropped, and counts as full', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  const buckets = createTokenBuckets({ maxBuckets: 3 });
  for (const key of ['a', 'b', 'c', 'a']) buckets.take(key, size, 1);
  buckets.take('d', size, 4);
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((key) => buckets.peek(key, size, 1).units),
    [2, 4, 3, 0],
  );
  for (let i = 0; i < 10_000; i++) buckets.take(`client-${i}`, size, 1);
  assert.equal(buckets.size, 3);
});

test('a bucket refills at its rate, never beyond its capacity, also if the clock goes back', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  const buckets = createTokenBuckets({ maxBuckets: 10 });
  assert.deepEqual(buckets.take('a', size, 7), { units: -3, waitSeconds: 1.5, fullSeconds: 3.5 });
  assert.deepEqual(buckets.peek('a', size, 1), { units: -3, waitSeconds: 2, fullSeconds: 3.5 });
  t.mock.timers.setTime(999_000);
  assert.equal(buckets.peek('a', size, 1).units, -3);
  t.mock.timers.setTime(1_003_000);
  assert.equal(buckets.peek('a', size, 1).units, 3);
  t.mock.timers.setTime(1_009_000);
  assert.equal(buckets.peek('a', size, 1).units, 4);
});
