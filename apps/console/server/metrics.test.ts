import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapServices, topology } from '@tandem/contracts/topology';
import { createMetrics } from './metrics.ts';
import type { Step } from './protocol.ts';

const QUEUE = 'cart-product-updates-queue';
const event = { eventType: 'ProductUpdated', productId: 'mug' };

function measuring() {
  let time = 1_000_000;
  const metrics = createMetrics(topology, () => time);
  const see = (step: Step) => metrics.record({ kind: 'step', step });
  return {
    metrics,
    see,
    pass: (ms: number) => void (time += ms),
    publish: (eventId: string) =>
      see({ kind: 'published', at: time, topic: 'product-events-topic', bytes: 1, eventId, ...event }),
    settle: (kind: 'applied' | 'returned', eventId: string, attempt = 1, committedAt = time) =>
      see({ kind, at: time, queue: QUEUE, attempt, committedAt, eventId, ...event }),
  };
}

test('messages in transit are those published and neither applied nor dead-lettered', () => {
  const { metrics, pass, publish, settle } = measuring();
  publish('a');
  pass(100);
  publish('b');
  publish('c');
  pass(100);
  assert.equal(metrics.oldestMs(QUEUE), 200);
  assert.equal(metrics.oldestMs('product-cart-events-queue'), 0);
  settle('applied', 'a');
  assert.equal(metrics.oldestMs(QUEUE), 100);
  settle('returned', 'b', 4);
  assert.equal(metrics.oldestMs(QUEUE), 100);
  settle('returned', 'b', 5);
  settle('applied', 'c');
  assert.equal(metrics.oldestMs(QUEUE), 0);
});

test('an event applied before its publish report is not in transit, unless it is published again later', () => {
  const { metrics, pass, see, settle } = measuring();
  const published = {
    kind: 'published',
    topic: 'product-events-topic',
    bytes: 1,
    eventId: 'a',
    ...event,
  } as const;
  settle('applied', 'a');
  see({ ...published, at: 999_990 });
  pass(100);
  assert.equal(metrics.oldestMs(QUEUE), 0);
  see({ ...published, at: 1_000_050 });
  assert.equal(metrics.oldestMs(QUEUE), 50);
});

test('an empty queue has no older messages in transit', () => {
  const { metrics, pass, publish } = measuring();
  publish('a');
  pass(100);
  const before = 1_000_100;
  publish('b');
  metrics.wasEmpty(QUEUE, before);
  pass(7);
  assert.equal(metrics.oldestMs(QUEUE), 7);
});

test('the request rate covers ten seconds, the lag a minute', () => {
  const { metrics, see, pass, settle } = measuring();
  const request = { kind: 'request', at: 0, path: '/', status: 200, durationMs: 1, service: 'cart' } as const;
  for (const method of ['GET', 'HEAD', 'POST', 'PATCH', 'GET']) see({ ...request, method });
  assert.equal(metrics.rateOf('cart'), 0.5);
  assert.deepEqual(metrics.traffic(), {
    sinceMs: 1_000_000,
    requests: { ...mapServices(() => ({ reads: 0, writes: 0 })), cart: { reads: 3, writes: 2 } },
  });
  assert.equal(metrics.lagOf('cart'), undefined);
  for (const lag of [5, 900, 7]) settle('applied', `e${lag}`, 1, 1_000_000 - lag);
  assert.deepEqual(metrics.lagOf('cart'), { p50: 7, max: 900 });
  pass(10_000);
  assert.equal(metrics.rateOf('cart'), 0);
  pass(51_000);
  assert.equal(metrics.lagOf('cart'), undefined);
});

test('written items are counted for each table', () => {
  const { metrics } = measuring();
  for (const items of [1, 3]) metrics.record({ kind: 'written', table: 'products', items });
  assert.deepEqual(metrics.tables(), { products: { writes: 4 } });
});

test('a relay backlog lasts until the relay reports otherwise or restarts', () => {
  const { metrics, pass } = measuring();
  metrics.record({ kind: 'held', service: 'cart', since: 999_000 });
  pass(500);
  assert.deepEqual(metrics.relayOf('cart'), { isHeld: true, oldestMs: 1_500 });
  metrics.record({ kind: 'joined', role: 'product-relay' });
  assert.ok(metrics.relayOf('cart').isHeld);
  metrics.record({ kind: 'joined', role: 'cart-relay' });
  assert.deepEqual(metrics.relayOf('cart'), { isHeld: false, oldestMs: 0 });
});
