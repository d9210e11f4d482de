import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import type { Applied } from '@tandem/chassis/messaging/consumer';
import { until } from '../support/until.ts';
import { openQueue, QUEUE, valid, traceOf, applied, failed } from './open-queue.ts';

const sorted = (requests: readonly string[]) => requests.toSorted((a, b) => a.localeCompare(b));
const isEmpty = (messages: number) => messages === 0;

test('applied messages are deleted, each handled in its own trace', async (t) => {
  const { send, consume, arrivals, requests, depth } = await openQueue(t);
  await send(...Array.from({ length: 10 }, (_, i) => valid(`a${i}`)));
  await send(...Array.from({ length: 5 }, (_, i) => valid(`b${i}`)));
  consume();
  await until(depth, isEmpty);
  assert.equal(new Set(requests()).size, 15);
  assert.equal(arrivals.length, 15);
  const wrongTraces = arrivals.filter(
    ({ request, traceId }) => traceId !== traceOf(Number(request.slice(1))),
  );
  assert.deepEqual(wrongTraces, []);
});

test('an invalid message is dead-lettered after five receives, and delays no other message', async (t) => {
  const { send, consume, deadLetters, depth, metrics, requests } = await openQueue(t);
  const invalid = JSON.stringify({ eventType: 'ProductAddedToCart', cartId: 'c', qty: 'two' });
  await send(invalid, 'no JSON', valid('1'), valid('2'));
  const begun = performance.now();
  consume();
  await until(requests, (requests) => requests.length === 2);
  await until(depth, isEmpty);
  assert.ok(
    performance.now() - begun < 5_000,
    'invalid messages return at once, not after their visibility timeout',
  );
  const bodies = await until(deadLetters, (bodies) => bodies.length === 2);
  assert.deepEqual(new Set(bodies), new Set([invalid, 'no JSON']));
  assert.deepEqual(metrics.counts(), { MessagesInvalid: 2 * 5 });
  await send(valid('3'));
  await until(requests, (requests) => requests.includes('3'));
  assert.deepEqual(sorted(requests()), ['1', '2', '3'], 'each applied once');
});

test('a message of an unknown type is deleted and counted, and not dead-lettered', async (t) => {
  const { send, consume, deadLetters, depth, metrics, arrivals } = await openQueue(t);
  await send(JSON.stringify({ eventType: 'ProductReviewed', stars: 5 }), valid('1'));
  consume();
  await until(depth, isEmpty);
  assert.deepEqual(metrics.counts(), { MessagesOfUnknownType: 1 });
  assert.deepEqual([arrivals.length, await deadLetters()], [1, []]);
});

test('a failed message is retried with backoff until it is applied; the rest of its batch is not', async (t) => {
  const { send, consume, depth, metrics, arrivals, requests } = await openQueue(t);
  await send(valid('1'), valid('flaky'), valid('2'));
  consume((request, receives) => (request === 'flaky' && receives <= 2 ? failed : applied));
  await until(depth, isEmpty);
  assert.deepEqual(sorted(requests()), ['1', '2', 'flaky', 'flaky', 'flaky']);
  const flaky = arrivals.filter(({ request }) => request === 'flaky');
  const [first = 0, second = 0, third = 0] = flaky.map(({ at }) => at);
  assert.ok(second - first >= 900 && third - second >= 4_900, `${second - first}, ${third - second}`);
  assert.deepEqual(
    flaky.map(({ receives }) => receives),
    [1, 2, 3],
  );
  assert.deepEqual(metrics.counts(), { MessagesFailed: 2 });
});

test('a batch is retried as a whole if its handler throws', async (t) => {
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

test('while the store is unavailable, the consumer receives no further messages', async (t) => {
  const { send, consume, depth, requests } = await openQueue(t);
  const unavailable = new DomainError('unavailable', 'store-unavailable', 'The store is unavailable.');
  let pings = 0;
  const isUnavailable = () => pings < 3;
  consume(
    () => (isUnavailable() ? { status: 'failed', error: unavailable } : applied),
    async () => {
      pings += 1;
      if (isUnavailable()) throw unavailable;
    },
  );
  await send(valid('1'));
  await until(requests, (requests) => requests.length === 1);
  await send(valid('2'));
  await until(depth, isEmpty);
  assert.deepEqual(
    sorted(requests()),
    ['1', '1', '1', '1', '1', '2'],
    'two receives of the first message, with four attempts after one of them',
  );
});

test('each message is a span in its trace, and its log lines have the trace id', async (t) => {
  const { send, consume, depth, spans, logged } = await openQueue(t);
  await send(valid('flaky'), 'no JSON', JSON.stringify({ eventType: 'ProductReviewed' }), valid('fine'));
  consume((request, receives) => (request === 'flaky' && receives === 1 ? failed : applied));
  await until(depth, isEmpty);
  const attributes = spans.map(({ traceId, attributes }) => [traceId?.at(-1), attributes['error.type']]);
  const invalid = Array.from({ length: 5 }, () => ['1', 'invalid']);
  const expected = [['0', 'Error'], ['0', undefined], ...invalid, ['2', undefined], ['3', undefined]];
  assert.deepEqual(new Set(attributes.map(String)), new Set(expected.map(String)));
  assert.equal(attributes.length, expected.length);
  for (const { name, kind, parentId } of spans) {
    assert.deepEqual([name, kind, parentId], [`process ${QUEUE}`, 'consumer', '0123456789abcdef']);
  }
  const traces = logged.map(({ msg, traceId }) => `${String(msg)} ${String(traceId).at(-1)}`);
  assert.deepEqual(
    new Set(traces),
    new Set(['event not applied 0', 'message rejected by its schema 1', 'unknown event type acknowledged 2']),
  );
});

test('propagation delay is measured for applied events, and batch size for each batch', async (t) => {
  const { send, consume, depth, metrics } = await openQueue(t);
  const at = (ms: number) =>
    JSON.stringify({
      eventType: 'ProductDeleted',
      productId: 'p',
      version: 1,
      updatedAt: new Date(Date.now() + ms).toISOString(),
    });
  await send(at(-100), at(-2 * 24 * 60 * 60 * 1000), at(60_000), valid('without-time'));
  consume();
  await until(depth, isEmpty);
  const values = new Map(metrics.series().map(({ name, value }) => [name, value]));
  const delay = values.get('PropagationDelay');
  const sizes = values.get('ConsumerBatchSize');
  assert.ok(typeof delay === 'object' && typeof sizes === 'object');
  assert.equal(delay.count, 1, 'events from two days ago and from the future are not measured');
  assert.ok(delay.min >= 100 && delay.max < 60_000);
  assert.equal(sizes.sum, 4);
});

test('stop finishes and deletes the current batch, and receives no more messages', async (t) => {
  const { send, consume, depth, requests } = await openQueue(t);
  const { promise: finished, resolve: finish } = Promise.withResolvers<Applied>();
  await send(valid('1'));
  const worker = consume(() => finished);
  await until(requests, (requests) => requests.length === 1);
  let stopped = false;
  const stop = worker.stop().then(() => (stopped = true));
  await send(valid('2'));
  assert.equal(await depth(), 2);
  assert.equal(stopped, false, 'the current batch is not finished');
  finish(applied);
  await stop;
  assert.deepEqual([await depth(), requests()], [1, ['1']]);
});

test('stop does not wait for the end of the long poll', async (t) => {
  const { send, consume, depth } = await openQueue(t);
  await send(valid('1'));
  const worker = consume();
  await until(depth, isEmpty);
  const begun = performance.now();
  await worker.stop();
  assert.ok(performance.now() - begun < 10_000, 'half a long poll');
});

test('a message that arrives after a stop is visible to the next consumer, and not leased by an aborted poll', async (t) => {
  const { sqs, send, consume, depth, requests } = await openQueue(t);
  let receives = 0;
  sqs.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'ReceiveMessageCommand') receives += 1;
        return next(args);
      },
    { step: 'initialize' },
  );
  const worker = consume();
  await send(valid('1'));
  await until(depth, isEmpty);
  await until(
    () => receives,
    (polls) => polls >= 2,
  );
  // The emulator handles requests in order: after these responses it is handling the poll.
  for (let roundTrips = 0; roundTrips < 3; roundTrips += 1) await depth();
  await worker.stop();

  await send(valid('2'));
  consume();
  await until(requests, (received) => received.length === 2, { deadlineMs: 5_000 });
  assert.deepEqual(requests(), ['1', '2']);
});

test('stop also ends if the current batch cannot be deleted; its messages are received again', async (t) => {
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
