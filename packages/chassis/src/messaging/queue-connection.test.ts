import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createQueueConnection } from './queue-connection.ts';

/** Opens a connection whose random numbers are 1, so that waits are the longest; `lines` are the log's texts. */
function open(random: () => number = () => 1) {
  const waits: number[] = [];
  const lines: string[] = [];
  const add = (_fields: object, text: string) => void lines.push(text);
  const connection = createQueueConnection({
    queue: 'orders-queue',
    logger: { error: add, info: add } as never,
    signal: new AbortController().signal,
    wait: async (ms) => void waits.push(ms),
    random,
  });
  return { connection, waits, lines };
}

test('a lost queue is retried with backoff up to ten seconds, and at once after a success (oracle 5)', async () => {
  const { connection, waits } = open();
  await connection.untilDue();
  for (let failure = 0; failure < 9; failure++) {
    connection.failed(new Error('refused'));
    await connection.untilDue();
  }
  assert.deepEqual(waits, [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
  connection.succeeded();
  await connection.untilDue();
  assert.equal(waits.length, 9);
});

test('the backoff has jitter of a half, so that tasks do not return all at once', async () => {
  const { connection, waits } = open(() => 0);
  connection.failed(new Error('refused'));
  await connection.untilDue();
  assert.deepEqual(waits, [50]);
});

test('an outage is two log lines, however many receives fail (oracle 5)', () => {
  const { connection, lines } = open();
  connection.succeeded();
  for (let failure = 0; failure < 100; failure++) connection.failed(new Error('refused'));
  connection.succeeded();
  connection.succeeded();
  assert.deepEqual(
    lines.map((line) => line.slice(0, line.indexOf(':'))),
    ['queue not reachable', 'queue reachable again'],
  );
});

test('a start is checked until the queue was reached once; a later outage is none of the check (oracle 4)', () => {
  const { connection } = open();
  assert.deepEqual(connection.check(), {
    name: 'orders-queue',
    ok: false,
    detail: 'the queue has not been reached: not tried yet',
  });
  connection.failed(new Error('access denied'));
  assert.equal(connection.check().detail, 'the queue has not been reached: access denied');
  connection.succeeded();
  connection.failed(new Error('refused'));
  assert.deepEqual(connection.check(), { name: 'orders-queue', ok: true });
});
