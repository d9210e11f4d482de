import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrivals, expectedCount, seeded } from './arrivals.ts';
import type { Phase } from './profiles.ts';

const phases: readonly Phase[] = [
  { name: 'slow', seconds: 10, share: 0.1, isMeasured: false },
  { name: 'fast', seconds: 10, share: 1, isMeasured: true },
];
const countBetween = (due: readonly number[], from: number, to: number) =>
  due.filter((ms) => ms >= from && ms < to).length;

test('arrivals have the rate of each phase, and intervals whose standard deviation equals their mean', () => {
  const due = [...arrivals(phases, 1_000, seeded(1))];
  const [slow, fast] = [countBetween(due, 0, 10_000), countBetween(due, 10_000, 20_000)];
  assert.equal(expectedCount(phases, 1_000), 11_000);
  assert.ok(Math.abs(slow - 1_000) < 150 && Math.abs(fast - 10_000) < 500, `${slow} and ${fast}`);
  const gaps = due.slice(slow + 1).map((ms, i) => ms - (due[slow + i] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  assert.ok(deviation / mean > 0.9 && deviation / mean < 1.1, String(deviation / mean));
  assert.deepEqual(
    due,
    due.toSorted((a, b) => a - b),
  );
});

test('the same seed yields the same arrivals', () => {
  const [first, second] = [1, 1].map((seed) => [...arrivals(phases, 50, seeded(seed))]);
  assert.deepEqual(first, second);
});
