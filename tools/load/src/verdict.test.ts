import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sample } from './engine/engine.ts';
import { outcomeOf } from './outcome.ts';
import { profileOf } from './profiles.ts';
import { secondsOf, tallyOf } from './tally.ts';
import { type Evidence, judge } from './verdict.ts';

const sample = (changes: Partial<Sample> = {}): Sample => ({
  dueMs: 10,
  operation: 'read a product',
  latencyMs: 5,
  outcome: 'done',
  ...changes,
});
const evidence = (samples: readonly Sample[], changes: Partial<Evidence> = {}): Evidence => ({
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
const failedOf = (given: Evidence, of = targets) =>
  judge(of, given)
    .checks.filter(({ passed }) => !passed)
    .map(({ name }) => name);
const good = [sample(), sample({ operation: 'add a line' })];

test('a run that meets every target passes', () => {
  const verdict = judge(targets, evidence(good));
  assert.deepEqual(failedOf(evidence(good)), []);
  assert.deepEqual([verdict.passed, verdict.void, verdict.unjudged], [true, [], []]);
});

test('one error is too many, whatever it is and of whatever service', () => {
  for (const outcome of [outcomeOf(500, ''), outcomeOf(404, ''), 'error ECONNRESET'] as const) {
    assert.deepEqual(failedOf(evidence([...good, sample({ outcome })]), {}), ['errors'], outcome);
  }
});

test('refusals that happen to shops are counted by name, and are no errors', () => {
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

test('each target fails a run by itself', () => {
  const slow = Array.from({ length: 50 }, () => sample({ operation: 'add a line', latencyMs: 60 }));
  assert.deepEqual(failedOf(evidence([...good, ...slow])), ['p99 of cart']);
  const busy = {
    product: { quarterPercent: 61, residentMb: 210 },
    cart: { quarterPercent: 1, residentMb: 1 },
  };
  assert.deepEqual(failedOf(evidence(good, { processes: busy })), ['CPU of product', 'memory of product']);
  const late = { propagation: { p99: 1_200, lost: 1, count: 10 } };
  assert.deepEqual(failedOf(evidence(good, late), profileOf('10x').targets), [
    'writes that never showed',
    'propagation p99',
  ]);
  assert.deepEqual(failedOf(evidence(good, { deadLetters: 1 })), ['dead letters']);
  assert.deepEqual(failedOf(evidence(good, { ended: ['cart'] })), ['processes that died']);
});

test('a run is void, and not passed, when the sender did not keep up', () => {
  const late = judge(targets, evidence(good, { sent: { planned: 2, dropped: 0, lateP99Ms: 25 } }));
  assert.match(late.void.join(), /late itself: p99 25\.0 ms/);
  assert.equal(late.passed, false);
  const dropping = judge({}, evidence(good, { sent: { planned: 1_000, dropped: 5, lateP99Ms: 1 } }));
  assert.match(dropping.void.join(), /left out 5 of 1000/);
  assert.equal(judge({}, evidence([])).passed, false);
});

test('what cannot be measured is said, and not taken for good silently', () => {
  const { unjudged } = judge(targets, evidence(good, { processes: {} }));
  assert.equal(unjudged.length, 2);
});

test('only what was due within the measured time counts, whenever it was answered', () => {
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
