import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../arrivals.ts';
import { CONFIDENCE, estimate, hasTrend, judge, median, MIN_ROUNDS, ratios } from './statistics.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

test('the median is the middle value, or the mean of the two middle ones', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([9, 1, 5, 7]), 6);
  assert.ok(Number.isNaN(median([])));
});

test('the interval has the ranks of the sign test', () => {
  // Ranks from tables of the sign test at 95 %: n = 6 and 8 both ends, 9 the second, 12 the third, 20 the sixth.
  for (const [count, rank] of [
    [6, 1],
    [8, 1],
    [9, 2],
    [12, 3],
    [20, 6],
  ] as const) {
    const { low, high, confidence } = estimate(upTo(count));
    assert.deepEqual([low, high], [rank, count + 1 - rank], `${count} rounds`);
    assert.ok(confidence >= CONFIDENCE);
  }
  assert.ok(estimate(upTo(MIN_ROUNDS - 1)).confidence < CONFIDENCE);
});

test('the interval contains the true median in 95 of 100 runs or more, whatever the distribution', () => {
  const random = seeded(7);
  // Skewed, as times on a shared machine: the median of -ln(u) is ln 2.
  const runs = Array.from({ length: 2_000 }, () =>
    estimate(Array.from({ length: 9 }, () => -Math.log(1 - random()))),
  );
  const share = runs.filter(({ low, high }) => low <= Math.LN2 && Math.LN2 <= high).length / runs.length;
  assert.ok(share > 0.945 && share < 0.98, String(share));
});

test('ratios are taken round by round, so that load that slows a whole round down cancels out', () => {
  assert.deepEqual(ratios([1, 10, 3], [2, 20, 6]), [0.5, 0.5, 0.5]);
});

test('one disturbed round of nine changes no verdict', () => {
  const quiet = [0.5, 0.51, 0.52, 0.53, 0.54, 0.55, 0.56, 0.57, 0.58];
  assert.equal(judge(estimate(quiet), { atMost: 0.6 }), 'met');
  assert.equal(judge(estimate(quiet.with(3, 40)), { atMost: 0.6 }), 'met');
  assert.equal(judge(estimate(quiet.with(3, 40).with(4, 40)), { atMost: 0.6 }), 'not decided');
});

test('a verdict is given only where the whole interval is on one side of the limit', () => {
  const around = estimate([0.5, 0.55, 0.58, 0.6, 0.62, 0.65, 0.7]);
  assert.equal(judge(around, { atMost: 0.6 }), 'not decided');
  assert.equal(judge(around, { atMost: 0.7 }), 'met');
  assert.equal(judge(around, { atMost: 0.49 }), 'missed');
  assert.equal(judge(around, { atLeast: 0.5 }), 'met');
  assert.equal(judge(around, { atLeast: 0.6 }), 'not decided');
  assert.equal(judge(around, { atLeast: 0.71 }), 'missed');
});

test('too few rounds decide nothing, and neither do values that are missing', () => {
  assert.equal(judge(estimate(upTo(MIN_ROUNDS - 1)), { atMost: 100 }), 'not decided');
  assert.equal(judge(estimate([]), { atMost: 100 }), 'not decided');
  assert.equal(judge(estimate(ratios(upTo(7), [])), { atMost: 100 }), 'not decided');
});

test('a trend is a change in one direction through most rounds, not noise, and not one of a few percent', () => {
  assert.equal(hasTrend([2, 1.8, 1.7, 1.75, 1.6, 1.5, 1.55, 1.4, 1.3]), true);
  assert.equal(hasTrend([1.3, 1.4, 1.5, 1.55, 1.6, 1.7, 1.75, 1.8, 2]), true);
  assert.equal(hasTrend([1.5, 2, 1.3, 1.75, 1.4, 1.8, 1.6, 1.7, 1.55]), false);
  assert.equal(hasTrend(upTo(9).map((i) => 1 + i / 1_000)), false);
  assert.equal(hasTrend([]), false);
  const random = seeded(3);
  const noise = Array.from({ length: 1_000 }, () => hasTrend(Array.from({ length: 9 }, () => 1 + random())));
  const share = noise.filter(Boolean).length / noise.length;
  assert.ok(share < 0.06, String(share));
});
