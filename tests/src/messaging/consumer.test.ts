import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import type { Applied } from '@tandem/chassis/messaging/consumer';
import { until } from '../support/until.ts';
import { openQueue, QUEUE, valid, traceOf, applied, failed } from './open-queue.ts';

const sorted = (requests: readonly string[]) => requests.toSorted((a, b) => a.localeCompare(b));
const isEmpty = (messages: number) => messages === 0;

test('what was applied is deleted, in the trace that it came with', async (t) => {
  const { send, consume, arrivals, requests, depth } = await openQueue(t);
  await send(...Array.from({ length: 10 }, (_, i) => valid(`a${i}`)));
  await send(...Array.from({ length: 5 }, (_, i) => valid(`b${i}`)));
  consume();
  await until(depth, isEmpty);
  assert.equal(new Set(requests()).size, 15);
  assert.equal(arrivals.length, 15);
  const astray = arrivals.filter(({ request, traceId }) => traceId !== traceOf(Number(request.slice(1))));
  assert.deepEqual(astray, []);
});

test('a known type with an invalid body is a dead letter after five receives, and delays no other message', async (t) => {
  const { send, consume, deadLetters, depth, metrics, requests } = await openQueue(t);
  const invalid = JSON.stringify({ eventType: 'ProductAddedToCart', cartId: 'c', qty: 'two' });
  await send(invalid, 'no JSON', valid('1'), valid('2'));
  const begun = performance.now();
  consume();
  await until(requests, (requests) => requests.length === 2);
  await until(depth, isEmpty);
  assert.ok(performance.now() - begun < 5_000, 'returned at once, not when its visibility timeout is over');
  const bodies = await until(deadLetters, (bodies) => bodies.length === 2);
  assert.deepEqual(new Set(bodies), new Set([invalid, 'no JSON']));
  assert.deepEqual(metrics.counts(), { MessagesInvalid: 2 * 5 });
  await send(valid('3'));
  await until(requests, (requests) => requests.includes('3'));
  assert.deepEqual(sorted(requests()), ['1', '2', '3'], 'each applied once');
});

test('an unknown type is deleted and counted, and is no dead letter', async (t) => {
  const { send, consume, deadLetters, depth, metrics, arrivals } = await openQueue(t);
  await send(JSON.stringify({ eventType: 'ProductReviewed', stars: 5 }), valid('1'));
  consume();
  await until(depth, isEmpty);
  assert.deepEqual(metrics.counts(), { MessagesOfUnknownType: 1 });
  assert.deepEqual([arrivals.length, await deadLetters()], [1, []]);
});

test('what failed comes back after a growing delay, until it is applied; the rest of its batch does not', async (t) => {
  const { send, consume, depth, metrics, arrivals, requests } = await openQueue(t);
  await send(valid('1'), valid('flaky'), valid('2'));
  consume((request, receives) => (request === 'flaky' && receives <= 2 ? failed : applied));
  await until(depth, isEmpty);
  assert.deepEqual(sorted(requests()), ['1', '2', 'flaky', 'flaky', 'flaky']);
  const [first = 0, second = 0, third = 0] = arrivals
    .filter(({ request }) => request === 'flaky')
    .map(({ at }) => at);
  assert.ok(second - first >= 900 && third - second >= 4_900, `${second - first}, ${third - second}`);
  assert.deepEqual(metrics.counts(), { MessagesFailed: 2 });
});

test('a batch whose application throws comes back as a whole', async (t) => {
  const { send, consume, depth, metrics, requests } = await openQueue(t);
  await send(valid('1'), valid('2'));
  consume((_, receives) => {
    if (receives === 1) throw new Error('a defect');
    return applied;
  });
  await until(depth, isEmpty);
  assert.deepEqual(sorted(requests()), ['1', '1', '2', '2']);
  assert.deepEqual(metrics.counts(), { MessagesFailed: 2 });
});

test('while the store is unavailable nothing more is received, however long it takes', async (t) => {
  const { send, consume, depth, requests } = await openQueue(t);
  const away = new DomainError('unavailable', 'store-unavailable', 'the store does not answer');
  let pings = 0;
  const isAway = () => pings < 3;
  consume(
    () => (isAway() ? { status: 'failed', error: away } : applied),
    async () => {
      pings += 1;
      if (isAway()) throw away;
    },
  );
  await send(valid('1'));
  await until(requests, (requests) => requests.length === 1);
  await send(valid('2'));
  await until(depth, isEmpty);
  assert.deepEqual(
    sorted(requests()),
    ['1', '1', '1', '1', '1', '2'],
    'two receives of the first, four attempts of one',
  );
});

test('each message is a span in its trace, and its log lines have the trace id', async (t) => {
  const { send, consume, depth, spans, logged } = await openQueue(t);
  await send(valid('flaky'), 'no JSON', JSON.stringify({ eventType: 'ProductReviewed' }), valid('fine'));
  consume((request, receives) => (request === 'flaky' && receives === 1 ? failed : applied));
  await until(depth, isEmpty);
  const told = spans.map(({ traceId, attributes }) => [traceId?.at(-1), attributes['error.type']]);
  const invalid = Array.from({ length: 5 }, () => ['1', 'invalid']);
  const expected = [['0', 'Error'], ['0', undefined], ...invalid, ['2', undefined], ['3', undefined]];
  assert.deepEqual(new Set(told.map(String)), new Set(expected.map(String)));
  assert.equal(told.length, expected.length);
  for (const { name, kind, parentId } of spans) {
    assert.deepEqual([name, kind, parentId], [`process ${QUEUE}`, 'consumer', '0123456789abcdef']);
  }
  const traces = logged.map(({ msg, traceId }) => `${String(msg)} ${String(traceId).at(-1)}`);
  assert.deepEqual(
    new Set(traces),
    new Set(['event not applied 0', 'message rejected by its schema 1', 'unknown event type acknowledged 2']),
  );
});

test('the way of an event is measured once it is applied; batches are, by their size', async (t) => {
  const { send, consume, depth, metrics } = await openQueue(t);
  const at = (ms: number) =>
    JSON.stringify({
      eventType: 'ProductDeleted',
      productId: 'p',
      version: 1,
      updatedAt: new Date(Date.now() + ms).toISOString(),
    });
  await send(at(-100), at(-2 * 24 * 60 * 60 * 1000), at(60_000), valid('of no moment'));
  consume();
  await until(depth, isEmpty);
  const told = new Map(metrics.series().map(({ name, value }) => [name, value]));
  const delay = told.get('PropagationDelay');
  const sizes = told.get('ConsumerBatchSize');
  assert.ok(typeof delay === 'object' && typeof sizes === 'object');
  assert.equal(delay.count, 1, 'neither the past nor the future');
  assert.ok(delay.min >= 100 && delay.max < 60_000);
  assert.equal(sizes.sum, 4);
});

test('stop finishes and deletes the batch in hand, takes no more and does not wait for messages', async (t) => {
  const { send, consume, depth, requests } = await openQueue(t);
  const { promise: finished, resolve: finish } = Promise.withResolvers<Applied>();
  await send(valid('1'));
  const worker = consume(() => finished);
  await until(requests, (requests) => requests.length === 1);
  let stopped = false;
  const stop = worker.stop().then(() => (stopped = true));
  await send(valid('2'));
  assert.equal(await depth(), 2);
  assert.equal(stopped, false, 'the batch in hand is not finished');
  finish(applied);
  await stop;
  assert.deepEqual([await depth(), requests()], [1, ['1']]);
});

test('stop does not wait for the long poll to end', async (t) => {
  const { send, consume, depth } = await openQueue(t);
  await send(valid('1'));
  const worker = consume();
  await until(depth, isEmpty);
  const begun = performance.now();
  await worker.stop();
  assert.ok(performance.now() - begun < 1_000);
});

test('a message that arrives after a stop is visible to the next consumer, and not hidden by an aborted poll', async (t) => {
  const { sqs, send, consume, depth, requests } = await openQueue(t);
  let receives = 0;
  sqs.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'ReceiveMessageCommand') receives += 1;
        return next(args);
      },
    { step: 'finalizeRequest' },
  );
  const worker = consume();
  await send(valid('1'));
  await until(depth, isEmpty);
  await until(
    () => receives,
    (polls) => polls === 2,
  );
  // The same process answers both: once it has answered these, it has begun to answer the poll.
  for (let roundTrips = 0; roundTrips < 3; roundTrips += 1) await depth();
  await worker.stop();

  await send(valid('2'));
  consume();
  await until(requests, (seen) => seen.length === 2, { deadlineMs: 5_000 });
  assert.deepEqual(requests(), ['1', '2']);
});

test('stop ends also where the batch in hand could not be deleted, which then comes again', async (t) => {
  const { sqs, send, consume, depth, requests } = await openQueue(t);
  sqs.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'DeleteMessageBatchCommand') throw new Error('the queue is down');
        return next(args);
      },
    { step: 'initialize' },
  );
  const { promise: finished, resolve: finish } = Promise.withResolvers<Applied>();
  await send(valid('1'));
  const worker = consume(() => finished);
  await until(requests, (requests) => requests.length === 1);
  const stop = worker.stop();
  finish(applied);
  await stop;
  await send(valid('2'));
  assert.deepEqual([await depth(), requests()], [2, ['1']]);
});
