import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { DomainError, STORE_THROTTLED } from '@tandem/chassis/errors';
import type { Applied } from '@tandem/chassis/messaging/consumer';
import { until } from '../support/until.ts';
import { applied, openQueue, valid } from './open-queue.ts';

/** Of the queue: a thirtieth of that on AWS, so that eight seconds are like four minutes. */
const VISIBILITY_SECONDS = 1;
const THROTTLING_MS = 8_000;

const throttled: Applied = {
  status: 'failed',
  error: new DomainError('unavailable', STORE_THROTTLED, 'The store throttles.'),
};
const sizes = { maxBatchSize: 90, visibilitySeconds: VISIBILITY_SECONDS };
const isEmpty = (messages: number) => messages === 0;
const responds = async () => undefined;
const requests = Array.from({ length: 30 }, (_, i) => `m${i}`);

/** A queue with thirty messages and this visibility timeout. */
async function openShortLease(t: Parameters<typeof openQueue>[0]) {
  const queue = await openQueue(t);
  await queue.setVisibilityTimeout(VISIBILITY_SECONDS);
  for (const first of [0, 10, 20]) await queue.send(...requests.slice(first, first + 10).map(valid));
  return queue;
}

test('while a store throttles that responds to pings, no message uses up a receive, however long it takes', async (t) => {
  const { consume, depth, deadLetters, arrivals, metrics } = await openShortLease(t);
  let isThrottling = true;
  const outcome = (request: string) => (isThrottling && request !== 'm7' ? throttled : applied);
  consume(outcome, responds, sizes);
  const firstBatch = await until(
    () => new Set(arrivals.map(({ request }) => request)),
    (batch) => batch.size === 10,
  );
  const receivedByOther: string[] = [];
  // It takes the next batch, and would receive what the first one no longer hides.
  consume((request) => (receivedByOther.push(request), outcome(request)), responds, sizes);
  await delay(THROTTLING_MS);
  assert.deepEqual(await deadLetters(), []);
  assert.equal(new Set(receivedByOther).size, 10);
  assert.ok(receivedByOther.every((request) => !firstBatch.has(request)));
  isThrottling = false;
  await until(depth, isEmpty);
  assert.deepEqual(await deadLetters(), []);
  assert.equal(metrics.counts()['MessagesFailed'], undefined, 'nothing was returned');
});

test('the messages of a batch that takes longer than their visibility timeout are not received again', async (t) => {
  const { consume, depth, requests: applications } = await openShortLease(t);
  const slow = () => delay(3 * VISIBILITY_SECONDS * 1_000, applied);
  consume(slow, responds, sizes);
  consume(slow, responds, sizes);
  await until(depth, isEmpty, { deadlineMs: 30_000 });
  assert.deepEqual([applications().length, new Set(applications()).size], [30, 30]);
});

test('on a stop, what was not begun is back in the queue at once', async (t) => {
  const { consume, depth, depths, requests: applications, send } = await openQueue(t);
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  await send(...['begun', 'waiting'].map(valid));
  const worker = consume(async (request) => {
    await stopped;
    return request === 'begun' ? applied : { status: 'postponed' };
  });
  await until(applications, (begun) => begun.length === 2);
  const stopping = worker.stop();
  stop();
  await stopping;
  assert.deepEqual(await depths(), { visible: 1, inFlight: 0, delayed: 0 }, 'without a backoff');
  consume();
  await until(depth, isEmpty);
  assert.deepEqual(applications().toSorted(), ['begun', 'waiting', 'waiting']);
});
