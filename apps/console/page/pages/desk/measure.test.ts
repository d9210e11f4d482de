import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from '../../../server/protocol.ts';
import { axisOf, hopsOf, inMs, medianOf, summaryOf, traceIdOf } from './measure.ts';

const event = { eventId: 'e', eventType: 'ProductUpdated', productId: 'mug' };
const published: Step = { ...event, at: 1_005, kind: 'published', topic: 'product-events-topic', bytes: 9 };
const onQueue = { ...event, queue: 'cart-product-updates-queue', attempt: 1 } as const;
const received: Step = { ...onQueue, at: 1_008, kind: 'received' };
const applied: Step = { ...onQueue, at: 1_011, kind: 'applied' };
const change = { productId: 'mug', clickedAt: 1_000.5 };

test('hops are of the product, after the click, and the first of each', () => {
  const steps: readonly Step[] = [
    { ...published, at: 999 },
    { ...published, productId: 'cup', at: 1_002 },
    published,
    { ...published, at: 1_006 },
    { ...received, queue: 'product-cart-events-queue', at: 1_007 },
    received,
    applied,
  ];
  assert.deepEqual(hopsOf(steps, change), [
    { name: 'published', ms: 4.5 },
    { name: 'received', ms: 7.5 },
    { name: 'applied', ms: 10.5 },
  ]);
});

test('an event of another trace is another change', () => {
  const steps: readonly Step[] = [
    { ...published, traceId: 'other' },
    { ...published, traceId: 'own', at: 1_009 },
  ];
  assert.deepEqual(hopsOf(steps, { ...change, traceId: 'own' }), [{ name: 'published', ms: 8.5 }]);
});

test('a step of the millisecond of the click is not before it', () => {
  assert.deepEqual(hopsOf([{ ...published, at: 1_000 }], change), [{ name: 'published', ms: 0 }]);
});

test('a traceparent names its trace', () => {
  assert.equal(traceIdOf('00-4db0c040636c95282fbf4c3c736f475a-aa16569b494fc616-01')?.length, 32);
  assert.equal(traceIdOf(null), undefined);
});

test('times are said as people say them', () => {
  const measured = { what: 'price', answeredMs: 6.2, visibleMs: 18.7, change };
  assert.equal(summaryOf(measured), 'answered 6 ms · visible in the cart 19 ms');
  assert.match(summaryOf({ ...measured, visibleMs: undefined }), /not visible/);
  assert.equal(inMs(1_234), '1.2 s');
});

test('the middle of some values, and an axis that has room for all', () => {
  assert.equal(medianOf([]), undefined);
  assert.equal(medianOf([30, 10, 20]), 20);
  assert.equal(medianOf([40, 10, 20, 30]), 25);
  assert.deepEqual([axisOf([]), axisOf([7, 19]), axisOf([10]), axisOf([201])], [1, 20, 10, 500]);
});
