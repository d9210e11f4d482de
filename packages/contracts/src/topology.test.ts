import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventSchemas } from './events.ts';
import { topology } from './topology.ts';

const { services, tables, relays, topics, queues, subscriptions } = topology;

test('topics, queues and paths have the names of the contract', () => {
  assert.partialDeepStrictEqual(topology, {
    topics: { 'product-events-topic': { owner: 'product' }, 'cart-events-topic': { owner: 'cart' } },
    queues: {
      'cart-product-updates-queue': { consumer: 'cart', deadLetterQueue: 'cart-product-updates-dlq' },
      'product-cart-events-queue': { consumer: 'product', deadLetterQueue: 'product-cart-events-dlq' },
    },
  });
  assert.deepEqual(services.product.paths, ['/products']);
  assert.deepEqual(services.cart.paths, ['/carts', '/orders']);
});

test('a message becomes a dead letter after five receives, as in the contract', () => {
  for (const { maxReceiveCount } of Object.values(queues)) assert.equal(maxReceiveCount, 5);
});

test('every event type is published to exactly one topic', () => {
  const published = Object.values(topics).flatMap(({ eventTypes }) => eventTypes);
  assert.deepEqual(published.toSorted(), Object.keys(eventSchemas).toSorted());
});

test('a subscription filters on event types of its topic, each once', () => {
  for (const { topic, eventTypes } of subscriptions) {
    assert.equal(new Set(eventTypes).size, eventTypes.length);
    for (const type of eventTypes) assert.ok(topics[topic].eventTypes.includes(type), `${type} on ${topic}`);
  }
});

test('every filter policy is within the limits of SNS', () => {
  for (const { eventTypes } of subscriptions) {
    const policy = { eventType: eventTypes };
    const values = Object.values(policy);
    assert.ok(values.length <= 5, 'keys');
    assert.ok(values.reduce((product, { length }) => product * length, 1) <= 150, 'combined values');
    assert.ok(
      values.every(({ length }) => length > 0),
      'an empty list would match nothing',
    );
  }
});

test('every queue has a subscription', () => {
  const subscribed = new Set(subscriptions.map(({ queue }) => queue));
  assert.deepEqual([...subscribed].toSorted(), Object.keys(queues).toSorted());
});

test('a queue has one subscription to a topic: SNS allows no second', () => {
  const pairs = subscriptions.map(({ topic, queue }) => `${topic} -> ${queue}`);
  assert.deepEqual([...new Set(pairs)], pairs);
});

test('no service consumes its own events', () => {
  for (const { topic, queue } of subscriptions) assert.notEqual(queues[queue].consumer, topics[topic].owner);
});

test("a relay reads its own service's table and publishes to its own service's topic", () => {
  for (const [service, { table, topic }] of Object.entries(relays)) {
    assert.equal(tables[table].owner, service);
    assert.equal(topics[topic].owner, service);
  }
  const published = Object.values(relays).map(({ topic }) => topic);
  assert.deepEqual(published.toSorted(), Object.keys(topics).toSorted());
});

test('only the relay of CartExpired receives expired items', () => {
  for (const { topic, publishesExpiry } of Object.values(relays))
    assert.equal(publishesExpiry, topics[topic].eventTypes.includes('CartExpired'), topic);
});

test('all names are unique, and valid for SNS and SQS', () => {
  const names = [
    ...Object.keys(topics),
    ...Object.keys(queues),
    ...Object.values(queues).map(({ deadLetterQueue }) => deadLetterQueue),
    ...Object.values(relays).map(({ parkingQueue }) => parkingQueue),
  ];
  assert.deepEqual([...new Set(names)], names);
  for (const name of names) assert.match(name, /^[A-Za-z0-9_-]{1,80}$/);
});

test('no path of a service is a prefix of another', () => {
  const paths = Object.values(services).flatMap((service) => service.paths);
  for (const path of paths) {
    assert.match(path, /^\/[a-z]+$/);
    assert.deepEqual(
      paths.filter((other) => other.startsWith(path)),
      [path],
    );
  }
});
