import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { ConsumerOptions } from './consumer.ts';
import { createMetrics } from '../metrics.ts';
import { startConsumer } from './start-consumer.ts';

type Receive = { readonly WaitTimeSeconds: number };

/** Starts a consumer of a queue whose receives `respond` answers, by their number; resolves once it was called `until` times. */
async function consume(
  t: TestContext,
  until: number,
  respond: (receive: number) => Promise<object>,
  options: Partial<ConsumerOptions> = {},
) {
  const lines: string[] = [];
  const waits: number[] = [];
  const reached = Promise.withResolvers<void>();
  const add = (_fields: object, text: string) => void lines.push(text);
  const sqs = {
    async send({ input }: { input: Receive }, { abortSignal }: { abortSignal: AbortSignal }) {
      waits.push(input.WaitTimeSeconds);
      if (waits.length < until) return respond(waits.length);
      reached.resolve();
      return new Promise((_, reject) =>
        abortSignal.addEventListener('abort', () => reject(new Error('aborted'))),
      );
    },
  };
  const consumer = startConsumer({
    sqs: sqs as unknown as SQSClient,
    queueUrl: 'http://localhost/orders-queue',
    apply: async () => [],
    ping: async () => undefined,
    logger: { error: add, info: add } as never,
    metrics: createMetrics(),
    ...options,
  });
  t.after(() => consumer.stop());
  const first = consumer.check();
  await reached.promise;
  return { consumer, first, lines, waits };
}

const refused = () => Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));

test('a queue that is refused, then reached: two lines, and ready from then on (oracle 4, 5)', async (t) => {
  const { first, consumer, lines, waits } = await consume(t, 6, (receive) =>
    receive <= 3 ? refused() : Promise.resolve({}),
  );
  assert.equal(first.ok, false);
  assert.deepEqual(consumer.check(), { name: 'orders-queue', ok: true });
  assert.deepEqual(
    lines.map((line) => line.split(':')[0]),
    ['queue not reachable', 'queue reachable again'],
  );
  assert.deepEqual(waits, [0, 0, 0, 0, 20, 20], 'readiness does not wait for messages');
});

test('after an outage a short receive shows that the queue is back', async (t) => {
  const { waits, consumer } = await consume(t, 5, (receive) =>
    receive === 2 ? refused() : Promise.resolve({}),
  );
  assert.deepEqual(waits, [0, 20, 1, 20, 20]);
  assert.ok(consumer.check().ok);
});

test('a consumer without long polling keeps it so, also after an outage', async (t) => {
  const respond = (receive: number) => (receive === 2 ? refused() : Promise.resolve({}));
  const { waits, consumer } = await consume(t, 5, respond, { waitTimeSeconds: 0 });
  assert.deepEqual(waits, [0, 0, 0, 0, 0]);
  assert.ok(consumer.check().ok);
});
