import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sample } from './engine/engine.ts';
import { outcomeOf } from './outcome.ts';
import { profileOf } from './profiles.ts';
import { secondsOf, tallyOf } from './tally.ts';
import { type Measurements, judge } from './verdict.ts';

const sample = (changes: Partial<Sample> = {}): Sample => ({
  dueMs: 10,
  operation: 'read a product',
  latencyMs: 5,
  outcome: 'done',
  ...changes,
});
const measurementsOf = (samples: readonly Sample[], changes: Partial<Measurements> = {}): Measurements => ({
  tally: tallyOf(samples, 0, 1_000),
  sent: { planned: samples.length, dropped: 0, lateP99Ms: 1 },
  propagation: { p99: 20, lost: 0, count: 10 },
  processes: {
    product: { quarterPercent: 30, residentMb: 150 },
    cart: { quarterPercent: 30, residentMb: 150 },
  },
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
  assert.deepEqual([verdict.passed, verdict.void, verdict.unjudged], [true, [], []]);
});

test('a single error of any kind fails the run', () => {
  for (const outcome of [outcomeOf(500, ''), outcomeOf(404, ''), 'error ECONNRESET'] as const) {
    assert.deepEqual(failedOf(measurementsOf([...good, sample({ outcome })]), {}), ['errors'], outcome);
  }
});

test('expected rejections are counted by name, and are not errors', () => {
  const problem = (code: string) => JSON.stringify({ type: `urn:tandem:problem:${code}` });
  const outcomes = [
    outcomeOf(409, problem('lines-changed')),
    outcomeOf(409, problem('insufficient-stock')),
    outcomeOf(503, problem('reservation-pending')),
  ];
  const { expected, errors } = tallyOf(
    outcomes.map((outcome) => sample({ outcome })),
    0,
    1_000,
  );
  assert.deepEqual(expected, {
    '409 lines-changed': 1,
    '409 insufficient-stock': 1,
    '503 reservation-pending': 1,
  });
  assert.deepEqual(errors, {});
  assert.equal(outcomeOf(503, problem('overloaded')), 'error 503 overloaded');
  assert.equal(outcomeOf(409, 'no problem at all'), 'error 409');
  assert.equal(outcomeOf(304, ''), 'done');
});

test('missing any target fails the run', () => {
  const slow = Array.from({ length: 50 }, () => sample({ operation: 'add a line', latencyMs: 60 }));
  assert.deepEqual(failedOf(measurementsOf([...good, ...slow])), ['p99 of cart']);
  const busy = {
    product: { quarterPercent: 61, residentMb: 210 },
    cart: { quarterPercent: 1, residentMb: 1 },
  };
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
  const late = judge(targets, measurementsOf(good, { sent: { planned: 2, dropped: 0, lateP99Ms: 25 } }));
  assert.match(late.void.join(), /was late: p99 25\.0 ms/);
  assert.equal(late.passed, false);
  const dropping = judge({}, measurementsOf(good, { sent: { planned: 1_000, dropped: 5, lateP99Ms: 1 } }));
  assert.match(dropping.void.join(), /dropped 5 of 1000/);
  assert.equal(judge({}, measurementsOf([])).passed, false);
});

test('targets that cannot be checked are listed', () => {
  const { unjudged } = judge(targets, measurementsOf(good, { processes: {} }));
  assert.equal(unjudged.length, 2);
});

test('only requests that were due within the measured span count, whenever they completed', () => {
  const samples = [
    sample({ dueMs: 999, latencyMs: 5_000 }),
    sample({ dueMs: 1_000 }),
    sample({ dueMs: 1_999 }),
    sample({ dueMs: 2_000 }),
  ];
  assert.deepEqual(tallyOf(samples, 1_000, 2_000).services.product, {
    count: 2,
    p50: 5,
    p95: 5,
    p99: 5,
    max: 5,
  });
  assert.deepEqual(
    secondsOf(samples).map(({ requests, product }) => [requests, product?.p99]),
    [
      [1, 5_000],
      [2, 5],
      [1, 5],
    ],
  );
});
