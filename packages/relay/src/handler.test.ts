import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { StreamRecord } from '@tandem/storage/dynamodb-records';
import type { Change } from '@tandem/storage/table';
import { createHandler, type HandlerDeps, type StreamEvent } from './handler.ts';

const event = { eventType: 'ProductSnapshotRequested', requestId: '1', timestamp: '2026-02-14T15:00:00Z' };

/** The stream record of a write with these events. */
function record(SequenceNumber: string, ...events: object[]): StreamRecord {
  const NewImage = marshall({ pk: `thing#${SequenceNumber}`, version: 1, state: { version: 1 }, events });
  return { eventName: 'INSERT', dynamodb: { SequenceNumber, NewImage } };
}

/** An unreadable record: it has no images. */
function unreadable(SequenceNumber?: string): StreamRecord {
  return { eventName: 'MODIFY', dynamodb: SequenceNumber ? { SequenceNumber } : {} };
}

/** A handler whose relay fails the changes with these ids; `calls` records the calls of its dependencies. */
function handlerWith(failing: readonly string[] = [], deps: Partial<HandlerDeps> = {}) {
  const calls: unknown[] = [];
  const errors: string[] = [];
  const handler = createHandler({
    relay: async (changes: readonly Change[]) => {
      calls.push(`relay ${changes.map(({ id }) => id).join()}`);
      return { failed: changes.filter(({ id }) => failing.includes(id)) };
    },
    park: async (body, reason) => void calls.push(['park', JSON.parse(body), reason]),
    flush: async () => void calls.push('flush'),
    log: { error: (_fields, message) => void errors.push(message) },
    ...deps,
  });
  return { handler, calls, errors };
}

const failures = (...ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});
const reason = 'record not readable: Error: A stream record without image or sequence number';

test('the events of a batch are published in order, and its metrics are flushed', async () => {
  const { handler, calls } = handlerWith();
  const Records = [record('1', event), record('2'), record('3', event, event)];
  assert.deepEqual(await handler({ Records }), failures());
  assert.deepEqual(calls, ['relay 1,3', 'flush']);
});

test('failed changes are reported as batch item failures by their sequence numbers', async () => {
  const { handler, calls } = handlerWith(['2', '4']);
  const Records = ['1', '2', '3', '4'].map((id) => record(id, event));
  assert.deepEqual(await handler({ Records }), failures('2', '4'));
  assert.deepEqual(calls, ['relay 1,2,3,4', 'flush']);
});

test('if the relay rejects, the whole batch fails, and no record is parked, as all are retried', async () => {
  const { handler, calls } = handlerWith([], { relay: () => Promise.reject(new Error('relay failed')) });
  await assert.rejects(handler({ Records: [unreadable('1'), record('2', event)] }), /relay failed/);
  assert.deepEqual(calls, ['flush']);
});

test('an unreadable record is parked unchanged, and does not block the others', async () => {
  const { handler, calls, errors } = handlerWith();
  assert.deepEqual(
    await handler({ Records: [unreadable('1'), record('2', event), unreadable()] }),
    failures(),
  );
  assert.deepEqual(calls, [
    'relay 2',
    ['park', unreadable('1'), reason],
    ['park', unreadable(), reason],
    'flush',
  ]);
  assert.deepEqual(errors, ['record parked', 'record parked']);
});

test('an unreadable record that cannot be parked is retried; without a sequence number, the whole batch is', async () => {
  const { handler, calls, errors } = handlerWith(['3'], {
    park: () => Promise.reject(new Error('no queue')),
  });
  const Records = [record('1', event), unreadable('2'), record('3', event)];
  assert.deepEqual(await handler({ Records }), failures('3', '2'));
  await assert.rejects(handler({ Records: [...Records, unreadable()] }), /neither read nor parked/);
  assert.deepEqual(calls, ['relay 1,3', 'flush', 'relay 1,3', 'flush']);
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

test('a failure to flush metrics causes no retry', async () => {
  const { handler, errors } = handlerWith([], { flush: () => Promise.reject(new Error('full')) });
  assert.deepEqual(await handler({ Records: [record('1', event)] }), failures());
  assert.deepEqual(errors, ['telemetry not flushed']);
});
