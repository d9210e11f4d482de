import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import { createLogger } from '@tandem/chassis/logger';
import {
  type Applied,
  type ApplyBatch,
  receivesOf,
  runInEventTrace,
} from '@tandem/chassis/messaging/consumer';
import { createMetrics } from '@tandem/chassis/metrics';
import { createRecordingTracer } from '@tandem/chassis/recording-tracer';
import { currentTraceId } from '@tandem/chassis/trace';
import type { TandemEvent } from '@tandem/contracts/events';
import { createConsume, type SqsEvent } from './consume.ts';
import { sqsRecord } from './testing.ts';

const QUEUE = 'staging-orders-queue';
const traceId = '0123456789abcdef0123456789abcdef';
const traceparent = `00-${traceId}-0123456789abcdef-01`;
const applied: Applied = { status: 'applied' };
const valid = (requestId: string | number) => ({
  eventType: 'ProductSnapshotRequested',
  requestId: String(requestId),
  timestamp: '2026-02-14T15:00:00Z',
});
const idOf = (event: TandemEvent) => ('requestId' in event ? event.requestId : '');
const context = (remainingMs = 60_000) => ({ getRemainingTimeInMillis: () => remainingMs });

function open(apply: ApplyBatch, { maxBatchSize = 10, queues = [QUEUE] } = {}) {
  const metrics = createMetrics();
  const { tracer, spans } = createRecordingTracer();
  const logged: Record<string, unknown>[] = [];
  const write = (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>);
  const logger = createLogger({ name: 'test', level: 'info', destination: { write } });
  let flushes = 0;
  const consumers = queues.map((queue) => ({
    sqs: undefined as never,
    queueUrl: `https://sqs.eu-central-1.amazonaws.com/123456789012/${queue}`,
    apply,
    maxBatchSize,
    ping: async () => undefined,
    logger,
    metrics,
    tracer,
  }));
  const flush = async () => void (flushes += 1);
  const consume = createConsume({ consumers }, { flush, logger });
  return { consume, metrics, spans, logged, flushes: () => flushes };
}

const failuresOf = (event: SqsEvent, ...positions: number[]) => ({
  batchItemFailures: positions.map((position) => ({ itemIdentifier: event.Records[position]?.messageId })),
});

test('applied and unknown messages are acknowledged; invalid and failed ones are reported', async () => {
  const apply: ApplyBatch = async (events) =>
    events.map((event) =>
      idOf(event) === 'bad' ? { status: 'failed', error: new TypeError('a defect') } : applied,
    );
  const { consume, metrics, spans, flushes } = open(apply);
  const unknown = { eventType: 'ProductReviewed', stars: 5 };
  const bodies = [valid(1), valid('bad'), unknown, 'no JSON', { eventType: 'CartExpired' }, valid(2)];
  const event = { Records: bodies.map((body) => sqsRecord(QUEUE, body, traceparent)) };
  assert.deepEqual(await consume(event, context()), failuresOf(event, 1, 3, 4));
  assert.deepEqual(metrics.counts(), { MessagesFailed: 1, MessagesOfUnknownType: 1, MessagesInvalid: 2 });
  // Events that are applied cost no metric.
  assert.deepEqual(
    metrics
      .series()
      .map(({ name }) => name)
      .toSorted(),
    Object.keys(metrics.counts()).toSorted(),
  );
  assert.equal(flushes(), 1);
  assert.deepEqual(
    spans.map(({ name, traceId: trace, parentId, attributes }) => [
      name,
      trace,
      parentId,
      attributes['error.type'],
    ]),
    [undefined, 'TypeError', undefined, 'invalid', 'invalid', undefined].map((error) => [
      `process ${QUEUE}`,
      traceId,
      '0123456789abcdef',
      error,
    ]),
  );
});

test('events that are applied cost no metric: their delay is mostly the batching window', async () => {
  const { consume, metrics } = open(async (events) => events.map(() => applied));
  const deleted = {
    eventType: 'ProductDeleted',
    productId: 'mug',
    version: 2,
    updatedAt: new Date().toISOString(),
  };
  const event = { Records: [sqsRecord(QUEUE, deleted, traceparent)] };
  assert.deepEqual(await consume(event, context()), failuresOf(event));
  assert.deepEqual(metrics.series(), []);
});

test('events are applied in the traces of their messages, with the number of their receives', async () => {
  const traces: (string | undefined)[] = [];
  const receives: number[] = [];
  const { consume } = open(async (events) =>
    events.map((event) => {
      runInEventTrace(event, () => traces.push(currentTraceId()));
      receives.push(receivesOf(event));
      return applied;
    }),
  );
  const other = '00-11111111111111111111111111111111-0123456789abcdef-01';
  await consume(
    {
      Records: [
        sqsRecord(QUEUE, valid(1), traceparent),
        { ...sqsRecord(QUEUE, valid(2), other), attributes: { ApproximateReceiveCount: '3' } },
      ],
    },
    context(),
  );
  assert.deepEqual(traces, [traceId, '1'.repeat(32)]);
  assert.deepEqual(receives, [1, 3]);
});

test('a large batch is applied in parts of the largest size that the consumer accepts', async () => {
  const sizes: number[] = [];
  const apply: ApplyBatch = async (events) => {
    sizes.push(events.length);
    if (sizes.length === 2) throw new Error('a defect of the second part');
    return events.map(() => applied);
  };
  const { consume, metrics } = open(apply, { maxBatchSize: 100 });
  const event = { Records: Array.from({ length: 250 }, (_, i) => sqsRecord(QUEUE, valid(i))) };
  const { batchItemFailures } = await consume(event, context());
  assert.deepEqual(sizes, [100, 100, 50]);
  assert.deepEqual(
    batchItemFailures,
    event.Records.slice(100, 200).map(({ messageId }) => ({ itemIdentifier: messageId })),
  );
  assert.deepEqual(metrics.counts(), { MessagesFailed: 100 });
});

test('before the timeout of the function, applying stops, and what is not applied is reported', async () => {
  const started: string[] = [];
  const apply: ApplyBatch = async (events) => {
    started.push(...events.map(idOf));
    if (events.some((event) => idOf(event) === 'slow')) await delay(5_000, undefined, { ref: false });
    return events.map(() => applied);
  };
  const { consume, metrics, logged, spans, flushes } = open(apply, { maxBatchSize: 1 });
  const event = {
    Records: [valid(1), valid('slow'), valid(3), valid(4)].map((body) => sqsRecord(QUEUE, body)),
  };
  const begun = performance.now();
  assert.deepEqual(await consume(event, context(3_200)), failuresOf(event, 1, 2, 3));
  assert.ok(performance.now() - begun < 1_500);
  assert.deepEqual(started, ['1', 'slow']);
  assert.deepEqual(metrics.counts(), { MessagesFailed: 3 });
  assert.equal(spans.length, 2, 'the span of the slow message has ended');
  assert.deepEqual(
    logged.map(({ msg, messages }) => [msg, messages]),
    [
      ['event not applied', undefined],
      ['messages not applied before the deadline', 2],
    ],
  );
  assert.equal(flushes(), 1);
});

test('events are retried while a dependency is unavailable, and are then reported', async () => {
  const error = new DomainError('unavailable', 'store-unavailable', 'The store is unavailable.');
  let attempts = 0;
  const { consume } = open(async (events) => {
    attempts += 1;
    return events.map((event) =>
      idOf(event) === 'lost' || attempts === 1 ? { status: 'failed', error } : applied,
    );
  });
  const event = { Records: [sqsRecord(QUEUE, valid('late')), sqsRecord(QUEUE, valid('lost'))] };
  assert.deepEqual(await consume(event, context()), failuresOf(event, 1));
  assert.equal(attempts, 4);
});

test('each queue has its own consumer; a batch of another queue is rejected, and metrics are flushed', async () => {
  const { consume, spans, flushes } = open(async (events) => events.map(() => applied), {
    queues: [QUEUE, 'staging-mail-queue'],
  });
  const records = [QUEUE, 'staging-mail-queue', QUEUE].map((queue, i) => sqsRecord(queue, valid(i)));
  assert.deepEqual(await consume({ Records: records }, context()), { batchItemFailures: [] });
  assert.deepEqual(
    spans.map(({ name }) => name),
    [`process ${QUEUE}`, `process ${QUEUE}`, 'process staging-mail-queue'],
  );
  await assert.rejects(
    consume({ Records: [sqsRecord('orders-queue', valid(1))] }, context()),
    /does not consume orders-queue/,
  );
  await assert.rejects(consume({} as SqsEvent, context()), /not an event of a queue/);
  assert.equal(flushes(), 3);
});
