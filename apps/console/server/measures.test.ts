import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMeasures } from './measures.ts';
import type { Step } from './protocol.ts';

const QUEUE = 'cart-product-updates-queue';
const event = { eventType: 'ProductUpdated', productId: 'mug' };

function measuring() {
  let time = 1_000_000;
  const measures = createMeasures(() => time);
  const see = (step: Step) => measures.note({ kind: 'step', step });
  return {
    measures,
    see,
    pass: (ms: number) => void (time += ms),
    publish: (eventId: string) =>
      see({ kind: 'published', at: time, topic: 'product-events-topic', bytes: 1, eventId, ...event }),
    settle: (kind: 'applied' | 'returned', eventId: string, attempt = 1, committedAt = time) =>
      see({ kind, at: time, queue: QUEUE, attempt, committedAt, eventId, ...event }),
  };
}

test('what is on its way is what was published and neither applied nor given up', () => {
  const { measures, pass, publish, settle } = measuring();
  publish('a');
  pass(100);
  publish('b');
  publish('c');
  pass(100);
  assert.equal(measures.oldestMs(QUEUE), 200);
  assert.equal(measures.oldestMs('product-cart-events-queue'), 0);
  settle('applied', 'a');
  assert.equal(measures.oldestMs(QUEUE), 100);
  settle('returned', 'b', 4);
  assert.equal(measures.oldestMs(QUEUE), 100);
  settle('returned', 'b', 5);
  settle('applied', 'c');
  assert.equal(measures.oldestMs(QUEUE), 0);
});

test('what was applied before its publishing is heard of is not on its way; published again later it is', () => {
  const { measures, pass, see, settle } = measuring();
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
  assert.equal(measures.oldestMs(QUEUE), 0);
  see({ ...published, at: 1_000_050 });
  assert.equal(measures.oldestMs(QUEUE), 50);
});

test('of a queue that was seen to be empty nothing older is on its way', () => {
  const { measures, pass, publish } = measuring();
  publish('a');
  pass(100);
  const before = 1_000_100;
  publish('b');
  measures.wasEmpty(QUEUE, before);
  pass(7);
  assert.equal(measures.oldestMs(QUEUE), 7);
});

test('requests are counted by the second for ten of them, lags for a minute', () => {
  const { measures, see, pass, settle } = measuring();
  const request = { kind: 'request', at: 0, path: '/', status: 200, durationMs: 1, service: 'cart' } as const;
  for (const method of ['GET', 'HEAD', 'POST', 'PATCH', 'GET']) see({ ...request, method });
  assert.equal(measures.rateOf('cart'), 0.5);
  assert.deepEqual(measures.seen(), {
    product: { reads: 0, writes: 0 },
    cart: { reads: 3, writes: 2 },
    sinceMs: 1_000_000,
  });
  assert.equal(measures.lagOf('cart'), undefined);
  for (const lag of [5, 900, 7]) settle('applied', `e${lag}`, 1, 1_000_000 - lag);
  assert.deepEqual(measures.lagOf('cart'), { p50: 7, max: 900 });
  pass(10_000);
  assert.equal(measures.rateOf('cart'), 0);
  pass(51_000);
  assert.equal(measures.lagOf('cart'), undefined);
});

test('a relay that holds changes does so until it says otherwise, or starts anew', () => {
  const { measures, pass } = measuring();
  measures.note({ kind: 'held', service: 'cart', since: 999_000 });
  pass(500);
  assert.deepEqual(measures.relayOf('cart'), { isHeld: true, oldestMs: 1_500 });
  measures.note({ kind: 'joined', role: 'product-relay' });
  assert.ok(measures.relayOf('cart').isHeld);
  measures.note({ kind: 'joined', role: 'cart-relay' });
  assert.deepEqual(measures.relayOf('cart'), { isHeld: false, oldestMs: 0 });
});
