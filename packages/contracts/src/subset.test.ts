import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subsetOf } from './subset.ts';
import { serviceNames, topology } from './topology.ts';

test('a subset has the tables, relays, queues and subscriptions of its services alone, and all topics', () => {
  const { services, tables, relays, queues, subscriptions, topics } = subsetOf(['cart']);
  assert.deepEqual(Object.keys(services), ['cart']);
  assert.deepEqual(Object.keys(tables), ['carts']);
  assert.deepEqual(Object.keys(relays), ['cart']);
  assert.deepEqual(Object.keys(queues), ['cart-product-updates-queue']);
  assert.deepEqual(
    subscriptions.map(({ topic }) => topic),
    ['product-events-topic'],
  );
  assert.deepEqual(topics, topology.topics);
});

test('the subset of all services is the topology, in its order', () => {
  const all = subsetOf(serviceNames.toReversed());
  assert.deepEqual(all, topology);
  assert.deepEqual(Object.keys(all.services), serviceNames);
});
