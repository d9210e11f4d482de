import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapServices, serviceNames } from '@tandem/contracts/topology';
import { measured, profileOf, warmUp } from './profiles.ts';
import { createTally, durationsOf, outcomeOf, type Sample } from './tally.ts';
import { type Measurements, judge } from './verdict.ts';

const sample = (changes: Partial<Sample> = {}): Sample => ({
  dueMs: 10,
  lateMs: 1,
  latencyMs: 5,
  operation: 'read a product',
  outcome: 'done',
  ...changes,
});
const tallyOf = (samples: readonly Sample[], phases = [measured('all', 1, 1)]) => {
  const tally = createTally(phases);
  for (const each of samples) tally.record(each);
  return tally.result();
};
const measurementsOf = (samples: readonly Sample[], changes: Partial<Measurements> = {}): Measurements => ({
  tally: tallyOf(samples),
  propagation: { p99: 20, lost: 0, count: 10 },
  processes: mapServices(() => ({ quarterPercent: 30, residentMb: 150 })),
  ended: [],
  ...changes,
});
const { targets } = profileOf('peak');
const failedOf = (measurements: Measurements, limits = targets) =>
  judge(limits, measurements)
    .checks.filter(({ passed }) => !passed)
    .map(({ name }) => name);
const good = [sample(), sample({ operation: 'add a line' })];

test('a run that meets every target passes', () => {
  const verdict = judge(targets, measurementsOf(good));
  assert.deepEqual(failedOf(measurementsOf(good)), []);
  assert.deepEqual([verdict.passed, verdict.invalid, verdict.unjudged], [true, [], []]);
});

test('a single error of any kind fails the run', () => {
  for (const outcome of [
    outcomeOf(500, ''),
    outcomeOf(404, ''),
    { kind: 'errors', name: 'ECONNRESET' } as const,
  ]) {
    assert.deepEqual(failedOf(measurementsOf([...good, sample({ outcome })]), {}), ['errors']);
  }
});

test('expected rejections are counted by name, and are not errors', () => {
  const problem = (code: string) => JSON.stringify({ type: `urn:tandem:problem:${code}` });
  const outcomes = [
    outcomeOf(409, problem('lines-changed')),
    outcomeOf(409, problem('insufficient-stock')),
    outcomeOf(503, problem('reservation-pending')),
  ];
  const { expected, errors } = tallyOf(outcomes.map((outcome) => sample({ outcome })));
  assert.deepEqual(expected, {
    '409 lines-changed': 1,
    '409 insufficient-stock': 1,
    '503 reservation-pending': 1,
  });
  assert.deepEqual(errors, {});
  assert.deepEqual(outcomeOf(503, problem('overloaded')), { kind: 'errors', name: '503 overloaded' });
  assert.deepEqual(outcomeOf(409, 'no problem at all'), { kind: 'errors', name: '409' });
  assert.equal(outcomeOf(304, ''), 'done');
});

test('missing any target fails the run', () => {
  const slow = Array.from({ length: 50 }, () => sample({ operation: 'add a line', latencyMs: 60 }));
  assert.deepEqual(failedOf(measurementsOf([...good, ...slow])), ['p99 of cart']);
  const busy = mapServices((service) =>
    service === 'product' ? { quarterPercent: 61, residentMb: 210 } : { quarterPercent: 1, residentMb: 1 },
  );
  assert.deepEqual(failedOf(measurementsOf(good, { processes: busy })), [
    'CPU of product',
    'memory of product',
  ]);
  const late = { propagation: { p99: 1_200, lost: 1, count: 10 } };
  assert.deepEqual(failedOf(measurementsOf(good, late), profileOf('10x').targets), [
    'writes never visible',
    'propagation p99',
  ]);
  assert.deepEqual(failedOf(measurementsOf(good, { deadLetters: 1 })), ['dead letters']);
  assert.deepEqual(failedOf(measurementsOf(good, { ended: ['cart'] })), ['processes exited']);
});

test('a run is invalid, and does not pass, when the sender did not keep up', () => {
  const late = judge(targets, measurementsOf(good.map((sent) => ({ ...sent, lateMs: 25 }))));
  assert.match(late.invalid.join(), /was late: p99 25\.0 ms/);
  assert.equal(late.passed, false);
  assert.equal(judge({}, measurementsOf([])).passed, false);
});

test('targets that cannot be checked are listed', () => {
  const { unjudged } = judge(targets, measurementsOf(good, { processes: {} }));
  assert.equal(unjudged.length, serviceNames.length);
});

test('only requests that were due in a measured phase count, whenever they completed', () => {
  const phases = [warmUp(1, 1), measured('before', 1, 1), measured('after', 1, 1)];
  const tally = tallyOf(
    [
      sample({ dueMs: 999, latencyMs: 5_000 }),
      sample({ dueMs: 1_000 }),
      sample({ dueMs: 1_999, operation: 'add a line', latencyMs: 1_500 }),
      sample({ dueMs: 2_000 }),
      sample({ dueMs: 3_000, outcome: { kind: 'errors', name: 'late' } }),
    ],
    phases,
  );
  assert.deepEqual([tally.requests, tally.errors], [3, {}]);
  const counts = Object.entries(tally.phases).map(([name, { count }]) => [name, count]);
  assert.deepEqual(Object.fromEntries(counts), {
    'before: product': 1,
    'before: cart': 1,
    'after: product': 1,
    'after: cart': 0,
  });
  assert.equal(tally.services.product.count, 2);
  assert.ok(Math.abs(tally.services.cart.p99 - 1_500) < 1.5, String(tally.services.cart.p99));
});

test('durations are summarised within 0.1 %', () => {
  const { max, ...percentiles } = durationsOf(Array.from({ length: 100 }, (_, i) => 100 - i));
  for (const [name, expected] of Object.entries({ count: 100, p50: 50, p95: 95, p99: 99 })) {
    const value = percentiles[name as keyof typeof percentiles];
    assert.ok(Math.abs(value - expected) <= expected / 1000, `${name}: ${value}`);
  }
  assert.ok(Math.abs(max - 100) <= 0.1);
  assert.deepEqual(durationsOf([]), { count: 0, p50: 0, p95: 0, p99: 0, max: 0 });
});
