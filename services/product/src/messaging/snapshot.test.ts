import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Publish } from '@tandem/chassis/messaging/publisher';
import type { NewEvent } from '@tandem/contracts/events';
import { topology } from '@tandem/contracts/topology';
import { createProduct } from '../domain/edit-product.ts';
import { T0 } from '../domain/testing.ts';
import { productKey } from '../store/entity-types.ts';
import { createSnapshots, type SnapshotDeps, type SnapshotRequest } from './snapshot.ts';
import { openStock } from './testing.ts';

const PRODUCTS = 250;
const { maxReceiveCount } = topology.queues['product-cart-events-queue'];
const first: SnapshotRequest = { eventType: 'ProductSnapshotRequested', requestId: 'r', timestamp: T0 };
const content = { name: 'p', price: 1, currency: 'USD' };

/** A table with 250 products. */
async function openCatalog() {
  const testStock = await openStock(1);
  for (let i = 1; i < PRODUCTS; i++)
    await testStock.table.update(productKey(`p${i}`), (stored) =>
      createProduct({ stored }, `p${i}`, { content, inventory: 1 }, T0),
    );
  const open = (calls: Pick<SnapshotDeps, 'publish' | 'enqueue'>) =>
    createSnapshots({ table: testStock.table, ...calls, currentTraceparent: () => '', now: () => T0 });
  return { open, [Symbol.dispose]: testStock[Symbol.dispose] };
}

const productsIn = (events: readonly NewEvent[]) =>
  events.flatMap((event) => (event.eventType === 'ProductSnapshot' ? [event.productId] : []));

test('a process that is killed at each third call of AWS completes a snapshot, and no request is dead-lettered', async () => {
  using catalog = await openCatalog();
  const queue = [{ request: first, receives: 0 }];
  const published: NewEvent[] = [];
  let kills = 0;

  const startProcess = () => {
    const { promise: killed, resolve: kill } = Promise.withResolvers<'killed'>();
    let calls = 0;
    const call = async <T>(effect: () => T): Promise<T> => {
      calls += 1;
      if (calls < 3) return effect();
      kill('killed');
      return new Promise(() => undefined);
    };
    const publishPage = catalog.open({
      publish: (events) =>
        call(() => {
          published.push(...events.map(({ event }) => event));
          return events.map(() => ({ status: 'published' }) as const);
        }),
      enqueue: (request) => call(() => void queue.push({ request, receives: 0 })),
    });
    return { publishPage, killed };
  };

  let running = startProcess();
  while (queue.length > 0) {
    const message = queue.shift() ?? assert.fail();
    message.receives += 1;
    assert.ok(message.receives <= maxReceiveCount, 'dead-lettered');
    const published = running.publishPage({ ...message.request }, { isRedelivered: message.receives > 1 });
    const end = await Promise.race([published, running.killed]);
    if (end !== 'killed') continue;
    kills += 1;
    queue.push(message);
    running = startProcess();
  }
  assert.ok(kills > 20, `${kills} kills`);
  assert.equal(new Set(productsIn(published)).size, PRODUCTS);
  assert.partialDeepStrictEqual(published.at(-1), {
    eventType: 'ProductSnapshotCompleted',
    productCount: PRODUCTS,
  });
});

test('a retry of a page publishes what is left of it, and a lost request for the next one is retried as well', async () => {
  using catalog = await openCatalog();
  const published: NewEvent[] = [];
  let calls = 0;
  const publish: Publish = async (events) => {
    calls += 1;
    const isFailing = calls === 5;
    if (!isFailing) published.push(...events.map(({ event }) => event));
    return events.map(() => (isFailing ? { status: 'transient', reason: 'busy' } : { status: 'published' }));
  };
  const enqueued: SnapshotRequest[] = [];
  let attempts = 0;
  const publishPage = catalog.open({
    publish,
    enqueue: async (request) => {
      attempts += 1;
      if (attempts === 1) throw new Error('the queue does not respond');
      enqueued.push(request);
    },
  });
  const unavailable = { kind: 'unavailable', code: 'snapshot-not-published' };
  await assert.rejects(publishPage(first, { isRedelivered: false }), unavailable, 'a call of SNS failed');
  assert.equal(calls, 5, 'after a failure no further call is begun');
  await assert.rejects(publishPage(first, { isRedelivered: false }), unavailable, 'the request was lost');
  await publishPage(first, { isRedelivered: false });
  assert.deepEqual([productsIn(published).length, new Set(productsIn(published)).size], [100, 100]);
  assert.partialDeepStrictEqual(enqueued, [{ requestId: 'r', publishedCount: 100 }]);
});

test('once a stop is requested, no further call of SNS is begun', async () => {
  using catalog = await openCatalog();
  const stopping = new AbortController();
  let calls = 0;
  const publishPage = catalog.open({
    publish: async (events) => {
      calls += 1;
      stopping.abort();
      return events.map(() => ({ status: 'published' }));
    },
    enqueue: () => assert.fail('the page is not complete'),
  });
  await assert.rejects(publishPage(first, { isRedelivered: false, signal: stopping.signal }), {
    name: 'AbortError',
  });
  assert.equal(calls, 1);
});
