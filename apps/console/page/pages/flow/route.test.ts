import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTopology } from '@tandem/contracts/define-topology';
import { type Topology, topology } from '@tandem/contracts/topology';
import type { Step } from '../../../server/protocol.ts';
import { connect } from './parts.ts';
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
const deadLettered: Step = { kind: 'returned', at: 5, queue, attempt: 5, ...event };
const all = [request, published, snapshot, received, applied, returned, deadLettered];

test('all arrows of a route exist in the picture', () => {
  const arrows = new Set(connect(topology).map(({ id }) => id));
  for (const step of all)
    for (const arrow of routesOf(step, topology).flat()) assert.ok(arrows.has(arrow), arrow);
});

test('an event is routed from the table to every subscribed queue', () => {
  const [route] = routesOf(published, topology);
  assert.equal(route?.[0], 'table/products/to/relay/product');
  assert.equal(route.at(-1), `subscription/${topic}/${queue}/to/queue/${queue}`);
});

test('a snapshot page bypasses table and relay', () => {
  assert.equal(routesOf(snapshot, topology)[0]?.[0], `service/product/to/topic/${topic}`);
});

test('a message that is returned on its last attempt is routed to the dead-letter queue', () => {
  assert.deepEqual(routesOf(returned, topology), []);
  assert.deepEqual(routesOf(deadLettered, topology), [
    [`queue/${queue}/to/dead-letters/cart-product-updates-dlq`],
  ]);
});

test('the latest steps at a part or an arrow are newest first, up to the limit', () => {
  assert.deepEqual(stepsAt(`queue/${queue}`, all, topology, 9), [
    deadLettered,
    returned,
    received,
    snapshot,
    published,
  ]);
  assert.deepEqual(stepsAt('table/products/to/relay/product', all, topology, 9), [published]);
  assert.deepEqual(stepsAt('gateway', all, topology, 9), [request]);
  assert.deepEqual(stepsAt(`queue/${queue}`, all, topology, 1), [deadLettered]);
});

test('what a service without a table applies is a step of the service, without a route', () => {
  const system = defineTopology({
    shop: {
      table: { name: 'orders', indexes: {} },
      publishes: { topic: 'orders-topic', eventTypes: ['CartCheckedOut'] },
    },
    mail: { consumes: { 'mail-queue': { 'orders-topic': ['CartCheckedOut'] } } },
  }) as unknown as Topology;
  const step = { ...applied, queue: 'mail-queue' } as unknown as Step;
  assert.deepEqual(routesOf(step, system), []);
  assert.deepEqual(stepsAt('service/mail', [step], system, 9), [step]);
});

test('a request for a snapshot bypasses table and relay of the topic that it uses; one by its own relay does not', () => {
  const requested = {
    ...snapshot,
    topic: 'cart-events-topic',
    eventType: 'ProductSnapshotRequested',
  } as const;
  assert.equal(routesOf(requested, topology)[0]?.[0], 'service/analytics/to/topic/cart-events-topic');
  const committed = { ...requested, committedAt: 1 };
  assert.equal(routesOf(committed, topology)[0]?.[0], 'table/carts/to/relay/cart');
});

test('an event has the colour of the publishing service', () => {
  assert.deepEqual(
    [request, published, applied].map((step) => sourceOf(step, topology)),
    ['cart', 'product', 'product'],
  );
});
