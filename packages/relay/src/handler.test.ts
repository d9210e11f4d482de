import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { StreamRecord } from '@tandem/storage/dynamodb-records';
import type { Change } from '@tandem/storage/table';
import { createHandler, type HandlerDeps, type StreamEvent } from './handler.ts';

const asked = { eventType: 'ProductSnapshotRequested', requestId: '1', timestamp: '2026-02-14T15:00:00Z' };

/** The record of a write that carries these events. */
function record(SequenceNumber: string, ...events: object[]): StreamRecord {
  const NewImage = marshall({ pk: `thing#${SequenceNumber}`, version: 1, state: { version: 1 }, events });
  return { eventName: 'INSERT', dynamodb: { SequenceNumber, NewImage } };
}

/** A record of a stream that shows no images. */
function bare(SequenceNumber?: string): StreamRecord {
  return { eventName: 'MODIFY', dynamodb: SequenceNumber ? { SequenceNumber } : {} };
}

/** A handler over a relay of which the changes with these ids fail, and what was done to its parts. */
function handlerWith(failing: readonly string[] = [], deps: Partial<HandlerDeps> = {}) {
  const did: unknown[] = [];
  const errors: string[] = [];
  const handler = createHandler({
    relay: async (changes: readonly Change[]) => {
      did.push(`relay ${changes.map(({ id }) => id).join()}`);
      return { failed: changes.filter(({ id }) => failing.includes(id)) };
    },
    park: async (body, reason) => void did.push(['park', JSON.parse(body), reason]),
    flush: async () => void did.push('flush'),
    log: { error: (_fields, message) => void errors.push(message) },
    ...deps,
  });
  return { handler, did, errors };
}

const failures = (...ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});
const reason = 'record not readable: Error: A stream record without image or sequence number';

test('publishes the events of a batch in order, then writes its metrics', async () => {
  const { handler, did } = handlerWith();
  const Records = [record('1', asked), record('2'), record('3', asked, asked)];
  assert.deepEqual(await handler({ Records }), failures());
  assert.deepEqual(did, ['relay 1,3', 'flush']);
});

test('what failed is brought again, by its sequence number', async () => {
  const { handler, did } = handlerWith(['2', '4']);
  const Records = ['1', '2', '3', '4'].map((id) => record(id, asked));
  assert.deepEqual(await handler({ Records }), failures('2', '4'));
  assert.deepEqual(did, ['relay 1,2,3,4', 'flush']);
});

test('a relay that throws fails the whole batch, and parks nothing that will be brought again', async () => {
  const { handler, did } = handlerWith([], { relay: () => Promise.reject(new Error('gone')) });
  await assert.rejects(handler({ Records: [bare('1'), record('2', asked)] }), /gone/);
  assert.deepEqual(did, ['flush']);
});

test('an unreadable record is parked unchanged, and does not block the others', async () => {
  const { handler, did, errors } = handlerWith();
  assert.deepEqual(await handler({ Records: [bare('1'), record('2', asked), bare()] }), failures());
  assert.deepEqual(did, ['relay 2', ['park', bare('1'), reason], ['park', bare(), reason], 'flush']);
  assert.deepEqual(errors, ['record parked', 'record parked']);
});

test('one that cannot be parked either is brought again; without sequence number, with its batch', async () => {
  const { handler, did, errors } = handlerWith(['3'], { park: () => Promise.reject(new Error('no queue')) });
  const Records = [record('1', asked), bare('2'), record('3', asked)];
  assert.deepEqual(await handler({ Records }), failures('3', '2'));
  await assert.rejects(handler({ Records: [...Records, bare()] }), /neither readable nor parked/);
  assert.deepEqual(did, ['relay 1,3', 'flush', 'relay 1,3', 'flush']);
  assert.deepEqual(
    errors,
    Array.from({ length: 3 }, () => 'record not parked'),
  );
});

test('an empty batch succeeds; an input that is not a batch is rejected', async () => {
  const { handler } = handlerWith();
  assert.deepEqual(await handler({ Records: [] }), failures());
  await assert.rejects(handler({} as StreamEvent), /no records/);
});

test('metrics that cannot be written bring nothing again', async () => {
  const { handler, errors } = handlerWith([], { flush: () => Promise.reject(new Error('full')) });
  assert.deepEqual(await handler({ Records: [record('1', asked)] }), failures());
  assert.deepEqual(errors, ['telemetry not flushed']);
});
