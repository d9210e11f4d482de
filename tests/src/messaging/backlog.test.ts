import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../support/until.ts';
import { applied, failed, openQueue, valid } from './open-queue.ts';

const numbers = (length: number) => Array.from({ length }, (_, i) => i);

test('a consumer that is behind applies larger batches: each message once, and each is deleted', async (t) => {
  const { send, consume, depth, requests, batchSizes, metrics } = await openQueue(t);
  for (const batch of numbers(20)) await send(...numbers(10).map((i) => valid(`m${10 * batch + i}`)));
  consume(
    () => applied,
    async () => undefined,
    { maxBatchSize: 90 },
  );
  await until(depth, (messages) => messages === 0);
  assert.deepEqual([requests().length, new Set(requests()).size], [200, 200]);
  assert.ok(Math.max(...batchSizes) > 40 && Math.max(...batchSizes) <= 90, batchSizes.join());
  const sizes = metrics.series().find(({ name }) => name === 'ConsumerBatchSize')?.value;
  assert.ok(typeof sizes === 'object');
  assert.equal(sizes.sum, 200);
});

test('of a larger batch, too, only the failed messages are redelivered, and the invalid ones dead-lettered', async (t) => {
  const { send, consume, depth, deadLetters, requests } = await openQueue(t);
  for (const batch of numbers(6)) await send(...numbers(9).map((i) => valid(`m${9 * batch + i}`)), 'no JSON');
  const flaky = new Set(['m3', 'm30', 'm50']);
  consume(
    (request, receives) => (flaky.has(request) && receives === 1 ? failed : applied),
    async () => undefined,
    { maxBatchSize: 90 },
  );
  await until(depth, (messages) => messages === 0);
  assert.deepEqual([requests().length, new Set(requests()).size], [57, 54]);
  const bodies = await until(deadLetters, (letters) => letters.length > 0);
  assert.ok(bodies.every((body) => body === 'no JSON'));
});
