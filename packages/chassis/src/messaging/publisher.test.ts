import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  InvalidParameterException,
  type PublishBatchInput,
  type PublishBatchResponse,
  SNSClient,
} from '@aws-sdk/client-sns';
import { readEvent } from '@tandem/contracts/read-event';
import { bodyOf, createPublisher, type OutgoingEvent } from './publisher.ts';

const TRACEPARENT = '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01';
const LIMIT = 255 * 1024;

function outgoing(eventId: string, requestId = 'r'): OutgoingEvent {
  const event = {
    eventType: 'ProductSnapshotRequested',
    requestId,
    timestamp: '2026-02-14T15:00:00.000Z',
  } as const;
  return { eventId, traceparent: TRACEPARENT, event };
}

/** A publisher whose client sends nothing: `respond` responds, or throws, in place of SNS. */
function publisherTo(respond: (batch: PublishBatchInput) => PublishBatchResponse = () => ({})) {
  const batches: PublishBatchInput[] = [];
  const sns = new SNSClient({ region: 'us-east-1' });
  sns.middlewareStack.add(
    () => async (args) => {
      const batch = args.input as PublishBatchInput;
      batches.push(batch);
      return { response: {}, output: { $metadata: {}, ...respond(batch) } };
    },
    { step: 'initialize' },
  );
  return { batches, publish: createPublisher(sns, 'arn:topic') };
}

const sizesOf = (batches: readonly PublishBatchInput[]) =>
  batches.map(({ PublishBatchRequestEntries: entries }) => entries?.length);

/** Size of a batch as SNS counts it: bodies, and the names, types and values of attributes. */
function bytesOf({ PublishBatchRequestEntries: entries = [] }: PublishBatchInput): number {
  const parts = entries.flatMap(({ Message, MessageAttributes = {} }) => [
    Message ?? '',
    ...Object.entries(MessageAttributes).flatMap(([name, { DataType = '', StringValue = '' }]) => [
      name,
      DataType,
      StringValue,
    ]),
  ]);
  return parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
}

/** An event whose message has exactly this size. */
function outgoingOfSize(eventId: string, bytes: number): OutgoingEvent {
  const attributes = [
    'eventType',
    'ProductSnapshotRequested',
    'eventId',
    eventId,
    'traceparent',
    TRACEPARENT,
  ];
  const overhead = attributes.join('').length + 3 * 'String'.length + bodyOf(outgoing(eventId, '')).length;
  return outgoing(eventId, 'x'.repeat(bytes - overhead));
}

test('a message has the event with id and schema version as its body, and attributes for filters and traces', async () => {
  const { batches, publish } = publisherTo();
  assert.deepEqual(await publish([outgoing('e-1')]), [{ status: 'published' }]);
  const [entry] = batches[0]?.PublishBatchRequestEntries ?? [];
  assert.equal(batches[0]?.TopicArn, 'arn:topic');
  assert.deepEqual(readEvent(entry?.Message), {
    ok: true,
    event: { ...outgoing('e-1').event, eventId: 'e-1', schemaVersion: 1 },
  });
  assert.deepEqual(entry?.MessageAttributes, {
    eventType: { DataType: 'String', StringValue: 'ProductSnapshotRequested' },
    eventId: { DataType: 'String', StringValue: 'e-1' },
    traceparent: { DataType: 'String', StringValue: TRACEPARENT },
  });
});

test('without events no request is sent', async () => {
  const { batches, publish } = publisherTo();
  assert.deepEqual(await publish([]), []);
  assert.deepEqual(batches, []);
});

test('events are sent in batches of ten, in their order, with ids that are unique in a batch', async () => {
  const { batches, publish } = publisherTo();
  const ids = Array.from({ length: 25 }, (_, i) => `e-${i}`);
  const outcomes = await publish(ids.map((id) => outgoing(id)));
  assert.equal(outcomes.length, 25);
  assert.deepEqual(sizesOf(batches), [10, 10, 5]);
  const entries = batches.flatMap(({ PublishBatchRequestEntries: entries = [] }) => entries);
  assert.deepEqual(
    entries.map(({ MessageAttributes }) => MessageAttributes?.['eventId']?.StringValue),
    ids,
  );
  for (const { PublishBatchRequestEntries: entries = [] } of batches)
    assert.equal(new Set(entries.map(({ Id }) => Id)).size, entries.length);
});

test('a batch has at most the size that SNS accepts, to the byte', async () => {
  const third = LIMIT / 3;
  const { batches, publish } = publisherTo();
  await publish(['a', 'b', 'c'].map((id) => outgoingOfSize(id, third)));
  assert.deepEqual([sizesOf(batches), batches.map(bytesOf)], [[3], [LIMIT]]);

  const next = publisherTo();
  await next.publish([
    outgoingOfSize('a', third),
    outgoingOfSize('b', third + 1),
    outgoingOfSize('c', third),
  ]);
  assert.deepEqual(sizesOf(next.batches), [2, 1]);
  assert.ok(next.batches.every((batch) => bytesOf(batch) <= LIMIT));
});

test('sizes are counted in bytes, not characters', async () => {
  const { batches, publish } = publisherTo();
  const wide = '€'.repeat(30 * 1024);
  const outcomes = await publish([outgoing('a', wide), outgoing('b', wide), outgoing('c', wide)]);
  assert.ok(outcomes.every(({ status }) => status === 'published'));
  assert.deepEqual(sizesOf(batches), [2, 1]);
  assert.ok(batches.every((batch) => bytesOf(batch) <= LIMIT));
});

test('an event beyond the size limit is a permanent failure and is not sent; its neighbours are', async () => {
  const { batches, publish } = publisherTo();
  const outcomes = await publish([outgoingOfSize('a', LIMIT), outgoingOfSize('b', LIMIT + 1), outgoing('c')]);
  assert.deepEqual(outcomes, [
    { status: 'published' },
    { status: 'permanent', reason: `the event has ${LIMIT + 1} bytes, a topic takes ${LIMIT}` },
    { status: 'published' },
  ]);
  assert.deepEqual(sizesOf(batches), [1, 1]);
});

test('partial failures of a response are reported for each event: a sender fault is permanent', async () => {
  const faults = new Map([
    ['e-3', true],
    ['e-12', false],
  ]);
  const { publish } = publisherTo(({ PublishBatchRequestEntries: entries = [] }) => ({
    Failed: entries.flatMap(({ Id, MessageAttributes }) => {
      const SenderFault = faults.get(MessageAttributes?.['eventId']?.StringValue ?? '');
      return SenderFault === undefined ? [] : [{ Id, Code: 'Code', Message: 'why', SenderFault }];
    }),
  }));
  const outcomes = await publish(Array.from({ length: 15 }, (_, i) => outgoing(`e-${i}`)));
  assert.deepEqual(outcomes[3], { status: 'permanent', reason: 'Code: why' });
  assert.deepEqual(outcomes[12], { status: 'transient', reason: 'Code: why' });
  assert.equal(outcomes.filter(({ status }) => status === 'published').length, 13);
});

test('a failed request is a transient failure of its events only', async () => {
  let calls = 0;
  const { publish } = publisherTo(() => {
    calls += 1;
    if (calls === 2) throw new Error('connection reset');
    return {};
  });
  const outcomes = await publish(Array.from({ length: 25 }, (_, i) => outgoing(`e-${i}`)));
  const statuses = outcomes.map(({ status }) => status);
  assert.deepEqual(new Set(statuses.slice(0, 10)), new Set(['published']));
  assert.deepEqual(new Set(statuses.slice(10, 20)), new Set(['transient']));
  assert.deepEqual(new Set(statuses.slice(20)), new Set(['published']));
  assert.match(JSON.stringify(outcomes[10]), /connection reset/);
});

test('a batch that SNS rejects is sent event by event: only the invalid event is a permanent failure', async () => {
  const { batches, publish } = publisherTo(({ PublishBatchRequestEntries: entries = [] }) => {
    if (entries.some(({ Message }) => Message?.includes('bad'))) {
      throw new InvalidParameterException({ message: 'Invalid characters', $metadata: {} });
    }
    return {};
  });
  const outcomes = await publish([outgoing('1'), outgoing('2', 'bad'), outgoing('3')]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['published', 'permanent', 'published'],
  );
  assert.deepEqual(sizesOf(batches), [3, 1, 1, 1]);
});

test('characters that SNS and SQS reject are escaped in a body, and survive a round trip', () => {
  const requestId = 'a\uFFFE\uFFFF\u0000\uD800b';
  const body = bodyOf(outgoing('1', requestId));
  const invalidCharacters = Array.from(body).filter(
    (character) => character < ' ' || /[\uD800-\uDFFF\uFFFE\uFFFF]/.test(character),
  );
  assert.deepEqual(invalidCharacters, []);
  assert.partialDeepStrictEqual(JSON.parse(body), { requestId });
});
