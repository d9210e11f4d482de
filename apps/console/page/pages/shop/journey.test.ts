import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from '../../../server/protocol.ts';
import { outcomeOf } from './journey.ts';

const traceId = 'a'.repeat(32);
const request: Step = {
  kind: 'request',
  at: 1_000,
  traceId,
  service: 'cart',
  method: 'POST',
  path: '/carts',
  status: 200,
  durationMs: 4,
};
const applied = (
  eventType: string,
  at: number,
  queue: 'product-cart-events-queue' | 'analytics-events-queue',
): Step => ({
  kind: 'applied',
  at,
  traceId,
  queue,
  attempt: 1,
  eventId: 'e',
  eventType,
});

test('the outcome of an action is what Product did, measured from the request', () => {
  const steps = [
    applied('ProductAddedToCart', 1_015, 'analytics-events-queue'),
    applied('ProductAddedToCart', 1_021, 'product-cart-events-queue'),
    request,
  ];
  assert.deepEqual(outcomeOf(steps), { text: 'Reserved by Product', afterMs: 21 });
  assert.equal(outcomeOf(steps.slice(0, 1)), undefined);
  assert.equal(outcomeOf([]), undefined);
});

test('removing, checking out and a rejection have their own texts', () => {
  const textOf = (...steps: readonly Step[]) => outcomeOf([request, ...steps])?.text;
  const byProduct = (eventType: string) => applied(eventType, 1_010, 'product-cart-events-queue');
  assert.equal(textOf(byProduct('ProductRemovedFromCart')), 'Released by Product');
  assert.equal(textOf(byProduct('InventoryReservationRequested')), 'Reserved by Product');
  assert.equal(textOf(byProduct('CartCheckedOut')), 'Sold by Product');
  const rejection: Step = {
    kind: 'published',
    at: 1_010,
    traceId,
    topic: 'product-events-topic',
    bytes: 1,
    eventId: 'r',
    eventType: 'InventoryReservationRejected',
  };
  assert.equal(textOf(byProduct('ProductAddedToCart'), rejection), 'Rejected by Product');
});
