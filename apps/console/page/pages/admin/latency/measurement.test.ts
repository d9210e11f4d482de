import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from '../../../../server/protocol.ts';
import { type Change, linesOf, medianOf, traceIdOf } from './measurement.ts';

const event = { eventId: 'e', eventType: 'ProductUpdated', productId: 'mug' };
const published: Step = { ...event, at: 1_005, kind: 'published', topic: 'product-events-topic', bytes: 9 };
const onQueue = { ...event, queue: 'cart-product-updates-queue', attempt: 1 } as const;
const received: Step = { ...onQueue, at: 1_008, kind: 'received' };
const applied: Step = { ...onQueue, at: 1_011, kind: 'applied' };
const change = { productId: 'mug', clickedAt: 1_000.5 };
const linesFor = (steps: readonly Step[], change: Change, visibleMs?: number) =>
  linesOf({ description: 'price', responseMs: 6, visibleMs, change }, steps).map(({ kind, endMs }) => [
    kind,
    endMs,
  ]);

test('hops are the first steps of each kind for the product after the click', () => {
  const steps: readonly Step[] = [
    { ...published, at: 999 },
    { ...published, productId: 'cup', at: 1_002 },
    published,
    { ...published, at: 1_006 },
    { ...received, queue: 'product-cart-events-queue', at: 1_007 },
    received,
    applied,
  ];
  assert.deepEqual(linesFor(steps, change, 19), [
    ['published', 4.5],
    ['response', 6],
    ['received', 7.5],
    ['applied', 10.5],
    ['visible', 19],
  ]);
});

test('an event of another trace does not count', () => {
  const steps: readonly Step[] = [
    { ...published, traceId: 'other' },
    { ...published, traceId: 'own', at: 1_009 },
  ];
  assert.deepEqual(linesFor(steps, { ...change, traceId: 'own' }), [
    ['response', 6],
    ['published', 8.5],
  ]);
});

test('a step in the same millisecond as the click counts', () => {
  assert.deepEqual(linesFor([{ ...published, at: 1_000 }], change)[0], ['published', 0]);
});

test('the trace id is read from a traceparent', () => {
  assert.equal(traceIdOf('00-4db0c040636c95282fbf4c3c736f475a-aa16569b494fc616-01')?.length, 32);
  assert.equal(traceIdOf(null), undefined);
});

test('the median of values', () => {
  assert.equal(medianOf([]), undefined);
  assert.equal(medianOf([30, 10, 20]), 20);
  assert.equal(medianOf([40, 10, 20, 30]), 25);
});
