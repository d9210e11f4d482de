import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topology } from '@tandem/contracts/topology';
import type { Step } from '../../../server/protocol.ts';
import { type EventFilter, eventsOf, filterOf, matches } from './events.ts';

const added = {
  eventId: 'a',
  eventType: 'ProductAddedToCart',
  productId: 'bell',
  cartId: 'cart-1',
  traceId: 't1',
};
const updated = { eventId: 'u', eventType: 'ProductUpdated', productId: 'lamp', traceId: 't2' };
const queue = 'product-cart-events-queue';
const published: Step = {
  kind: 'published',
  at: 20,
  topic: 'cart-events-topic',
  committedAt: 10,
  bytes: 1,
  ...added,
};
const received: Step = { kind: 'received', at: 25, queue, attempt: 1, ...added };
const applied: Step = { kind: 'applied', at: 30, queue, attempt: 1, ...added };
const elsewhere: Step = { kind: 'applied', at: 40, queue: 'analytics-events-queue', attempt: 1, ...added };
const later: Step = { kind: 'published', at: 50, topic: 'product-events-topic', bytes: 1, ...updated };
const returned = (attempt: number): Step => ({
  kind: 'returned',
  at: 60 + attempt,
  queue: 'cart-product-updates-queue',
  attempt,
  ...updated,
});
const request: Step = {
  kind: 'request',
  at: 1,
  service: 'cart',
  method: 'GET',
  path: '/carts/1',
  status: 200,
  durationMs: 1,
};

test('the steps of an event are one entry with the outcome of each consumer, newest event first', () => {
  const events = eventsOf([request, published, received, applied, elsewhere, later], topology);
  assert.deepEqual(
    events.map(({ eventId, at, committedAt, deliveries }) => [
      eventId,
      at,
      committedAt,
      deliveries.map(({ service, outcome }) => [service, outcome]),
    ]),
    [
      ['u', 50, undefined, [['cart', 'waiting']]],
      [
        'a',
        20,
        10,
        [
          ['analytics', 'applied'],
          ['product', 'applied'],
        ],
      ],
    ],
  );
});

test('a delivery fails until its last attempt, which makes a dead letter; what was applied stays applied', () => {
  const outcomeOf = (...steps: Step[]) =>
    eventsOf(steps, topology)[0]?.deliveries.map(({ outcome }) => outcome);
  assert.deepEqual(outcomeOf(returned(1)), ['failed']);
  assert.deepEqual(outcomeOf(returned(1), returned(5)), ['deadLettered']);
  assert.deepEqual(outcomeOf(applied, received), ['applied']);
  assert.deepEqual(outcomeOf(received), ['received']);
});

test('steps that arrive before the publication is reported belong to the same event', () => {
  const [event] = eventsOf([applied, published], topology);
  assert.equal(event?.at, 20);
  assert.equal(event.topic, 'cart-events-topic');
  assert.deepEqual(
    event.deliveries.map(({ service, outcome }) => [service, outcome]),
    [
      ['analytics', 'waiting'],
      ['product', 'applied'],
    ],
  );
});

const filters: readonly (readonly [EventFilter, readonly string[]])[] = [
  [{}, ['u', 'a']],
  [{ type: 'ProductUpdated' }, ['u']],
  [{ product: 'bell' }, ['a']],
  [{ product: 'bel' }, []],
  [{ cart: 'cart-1' }, ['a']],
  [{ trace: 't2' }, ['u']],
  [{ hasErrors: true }, ['u']],
  [{ hasErrors: false }, ['u', 'a']],
  [{ text: 'ADDED' }, ['a']],
  [{ text: 'product lamp' }, ['u']],
  [{ text: 't1' }, ['a']],
  [{ text: ' ' }, ['u', 'a']],
  [{ type: 'ProductUpdated', product: 'bell' }, []],
];
for (const [filter, expected] of filters) {
  test(`events that match ${JSON.stringify(filter)}`, () => {
    const events = eventsOf([published, applied, later, returned(1)], topology);
    assert.deepEqual(
      events.filter((event) => matches(event, filter)).map(({ eventId }) => eventId),
      expected,
    );
  });
}

test('an attempt that failed stays an error after the next one was applied', () => {
  const again: Step = {
    kind: 'applied',
    at: 99,
    queue: 'cart-product-updates-queue',
    attempt: 2,
    ...updated,
  };
  const [event] = eventsOf([returned(1), again], topology);
  assert.ok(event && matches(event, { hasErrors: true }));
});

test('the filter is that of the address; empty parameters are none', () => {
  assert.deepEqual(filterOf(new URLSearchParams('type=ProductUpdated&q=&errors=1&product=bell')), {
    type: 'ProductUpdated',
    product: 'bell',
    cart: undefined,
    trace: undefined,
    hasErrors: true,
    text: undefined,
  });
});
