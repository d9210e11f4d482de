import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topology } from '@tandem/contracts/topology';
import type { Step } from '../../../server/protocol.ts';
import { connect } from './connections.ts';
import { routesOf, sourceOf, stepsAt } from './route.ts';

const event = { eventId: 'e1', eventType: 'ProductUpdated' };
const queue = 'cart-product-updates-queue';
const topic = 'product-events-topic';
const request: Step = {
  kind: 'request',
  at: 1,
  service: 'cart',
  method: 'POST',
  path: '/carts',
  status: 201,
  durationMs: 3,
};
const published: Step = { kind: 'published', at: 2, topic, committedAt: 1, bytes: 300, ...event };
const snapshot: Step = {
  kind: 'published',
  at: 2,
  topic,
  bytes: 300,
  eventId: 's',
  eventType: 'ProductSnapshot',
};
const received: Step = { kind: 'received', at: 3, queue, attempt: 1, ...event };
const applied: Step = { kind: 'applied', at: 4, queue, attempt: 1, ...event };
const returned: Step = { kind: 'returned', at: 4, queue, attempt: 1, ...event };
const givenUp: Step = { kind: 'returned', at: 5, queue, attempt: 5, ...event };
const all = [request, published, snapshot, received, applied, returned, givenUp];

test('every arrow of a way is one of the picture', () => {
  const arrows = new Set(connect(topology).map(({ id }) => id));
  for (const step of all)
    for (const arrow of routesOf(step, topology).flat()) assert.ok(arrows.has(arrow), arrow);
});

test('an event travels from the table to every queue that hears it', () => {
  const [way] = routesOf(published, topology);
  assert.equal(way?.[0], 'table/products/to/relay/product');
  assert.equal(way.at(-1), `subscription/${topic}/${queue}/to/queue/${queue}`);
});

test('a page of a snapshot travels past table and relay', () => {
  assert.equal(routesOf(snapshot, topology)[0]?.[0], `service/product/to/topic/${topic}`);
});

test('what is returned for the last time travels to the dead letters', () => {
  assert.deepEqual(routesOf(returned, topology), []);
  assert.deepEqual(routesOf(givenUp, topology), [
    [`queue/${queue}/to/dead-letters/cart-product-updates-dlq`],
  ]);
});

test('the last steps at a part or an arrow are the newest first, and no more than asked for', () => {
  assert.deepEqual(stepsAt(`queue/${queue}`, all, topology, 9), [
    givenUp,
    returned,
    received,
    snapshot,
    published,
  ]);
  assert.deepEqual(stepsAt('table/products/to/relay/product', all, topology, 9), [published]);
  assert.deepEqual(stepsAt('gateway', all, topology, 9), [request]);
  assert.deepEqual(stepsAt(`queue/${queue}`, all, topology, 1), [givenUp]);
});

test('an event has the colour of the service that it comes from', () => {
  assert.deepEqual(
    [request, published, applied].map((step) => sourceOf(step, topology)),
    ['cart', 'product', 'product'],
  );
});
