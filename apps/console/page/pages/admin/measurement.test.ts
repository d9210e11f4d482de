import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from '../../../server/protocol.ts';
import { axisLength, hopsOf, formatMs, medianOf, summaryOf, traceIdOf } from './measurement.ts';

const event = { eventId: 'e', eventType: 'ProductUpdated', productId: 'mug' };
const published: Step = { ...event, at: 1_005, kind: 'published', topic: 'product-events-topic', bytes: 9 };
const onQueue = { ...event, queue: 'cart-product-updates-queue', attempt: 1 } as const;
const received: Step = { ...onQueue, at: 1_008, kind: 'received' };
const applied: Step = { ...onQueue, at: 1_011, kind: 'applied' };
const change = { productId: 'mug', clickedAt: 1_000.5 };

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
  assert.deepEqual(hopsOf(steps, change), [
    { name: 'published', ms: 4.5 },
    { name: 'received', ms: 7.5 },
    { name: 'applied', ms: 10.5 },
  ]);
});

test('an event of another trace does not count', () => {
  const steps: readonly Step[] = [
    { ...published, traceId: 'other' },
    { ...published, traceId: 'own', at: 1_009 },
  ];
  assert.deepEqual(hopsOf(steps, { ...change, traceId: 'own' }), [{ name: 'published', ms: 8.5 }]);
});

test('a step in the same millisecond as the click counts', () => {
  assert.deepEqual(hopsOf([{ ...published, at: 1_000 }], change), [{ name: 'published', ms: 0 }]);
});

test('the trace id is read from a traceparent', () => {
  assert.equal(traceIdOf('00-4db0c040636c95282fbf4c3c736f475a-aa16569b494fc616-01')?.length, 32);
  assert.equal(traceIdOf(null), undefined);
});

test('the summary has readable durations', () => {
  const measured = { description: 'price', responseMs: 6.2, visibleMs: 18.7, change };
  assert.equal(summaryOf(measured), 'response 6 ms · visible in the cart 19 ms');
  assert.match(summaryOf({ ...measured, visibleMs: undefined }), /not visible/);
  assert.equal(formatMs(1_234), '1.2 s');
});

test('the median of values, and an axis that fits all of them', () => {
  assert.equal(medianOf([]), undefined);
  assert.equal(medianOf([30, 10, 20]), 20);
  assert.equal(medianOf([40, 10, 20, 30]), 25);
  assert.deepEqual(
    [axisLength([]), axisLength([7, 19]), axisLength([10]), axisLength([201])],
    [1, 20, 10, 500],
  );
});
