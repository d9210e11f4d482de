import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { TandemEvent } from '@tandem/contracts/events';
import { DomainError, STORE_THROTTLED } from '../errors.ts';
import type { Applied } from './consumer.ts';
import { withRetry } from './retry.ts';

const unavailable: Applied = {
  status: 'failed',
  error: new DomainError('unavailable', 'store-unavailable', 'unavailable'),
};
const throttled: Applied = {
  status: 'failed',
  error: new DomainError('unavailable', STORE_THROTTLED, 'throttled'),
};
const failed: Applied = { status: 'failed', error: new Error('a bug') };
const applied: Applied = { status: 'applied' };
const event = (productId: string): TandemEvent => ({
  eventType: 'ProductDeleted',
  productId,
  version: 1,
  updatedAt: '2026-02-14T15:00:00Z',
});
const [a, b, c] = [event('a'), event('b'), event('c')];

/** `apply` with these outcomes, call by call; `attempts` records the events of each call. */
function withOutcomes(...outcomes: readonly (readonly Applied[] | Error)[]) {
  const attempts: TandemEvent[][] = [];
  const stopping = new AbortController();
  const retrying = withRetry<TandemEvent>(async (events) => {
    const outcome = outcomes[attempts.push([...events]) - 1] ?? [];
    if (outcome instanceof Error) throw outcome;
    return outcome;
  });
  const apply = (events: readonly TandemEvent[]) => retrying(events, stopping.signal);
  return { apply, attempts, stopping };
}

test('an event whose dependency was unavailable is retried, and no other', async () => {
  const { apply, attempts } = withOutcomes([unavailable, applied, failed], [applied]);
  assert.deepEqual(await apply([a, b, c]), [applied, applied, failed]);
  assert.deepEqual(attempts, [[a, b, c], [a]]);
});

test('the failure is final after four attempts', async () => {
  const { apply, attempts } = withOutcomes(
    [unavailable],
    [unavailable],
    [unavailable],
    [unavailable],
    [applied],
  );
  assert.deepEqual(await apply([a]), [unavailable]);
  assert.equal(attempts.length, 4);
});

test('a throttled event is retried beyond four attempts: a return to the queue would use up a receive', async () => {
  const { apply, attempts } = withOutcomes(
    ...Array.from({ length: 5 }, () => [throttled]),
    [unavailable],
    [applied],
  );
  assert.deepEqual(await apply([a]), [unavailable], 'a dependency that is lost ends the patience');
  assert.equal(attempts.length, 6);
});

test('while one event is throttled, the others are retried with it: they wait for the end of its batch anyway', async () => {
  const { apply, attempts } = withOutcomes(...Array.from({ length: 5 }, () => [throttled, unavailable]), [
    applied,
    applied,
  ]);
  assert.deepEqual(await apply([a, b]), [applied, applied]);
  assert.equal(attempts.length, 6);
});

test('a stop ends the patience with a throttled store', async () => {
  const { apply, attempts, stopping } = withOutcomes([throttled], [throttled], [applied]);
  stopping.abort();
  assert.deepEqual(await apply([a]), [throttled]);
  assert.equal(attempts.length, 1);
});

test('a stop during a backoff is followed by no further attempt', async () => {
  const { apply, attempts, stopping } = withOutcomes([throttled], [throttled], [throttled], [applied]);
  const outcomes = apply([a]);
  while (attempts.length < 3) await setImmediate();
  stopping.abort();
  assert.deepEqual(await outcomes, [throttled]);
  assert.equal(attempts.length, 3);
});

test('there are no retries after a stop', async () => {
  const { apply, attempts, stopping } = withOutcomes([unavailable], [applied]);
  stopping.abort();
  assert.deepEqual(await apply([a]), [unavailable]);
  assert.equal(attempts.length, 1);
});

test('a rejection fails every event, and an event without an outcome fails', async () => {
  const bug = new Error('a bug');
  assert.deepEqual(await withOutcomes(bug).apply([a, b]), [
    { status: 'failed', error: bug },
    { status: 'failed', error: bug },
  ]);
  const [first, second] = await withOutcomes([applied]).apply([a, b]);
  assert.deepEqual([first?.status, second?.status], ['applied', 'failed']);
});

test('an empty batch is not applied', async () => {
  const { apply, attempts } = withOutcomes();
  assert.deepEqual(await apply([]), []);
  assert.equal(attempts.length, 0);
});
