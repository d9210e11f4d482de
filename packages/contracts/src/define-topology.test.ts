import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTopology } from './define-topology.ts';

const shop = {
  paths: ['/orders'],
  table: { name: 'orders', indexes: {} },
  publishes: { topic: 'order-events-topic', eventTypes: ['CartCheckedOut', 'CartExpired'] },
} as const;

test('a service has nothing but what its entry says', () => {
  const { services, tables, relays, topics, queues } = defineTopology({ idle: {}, shop });
  assert.deepEqual(services, {
    idle: { paths: [], runsAs: 'task', queues: [] },
    shop: { paths: ['/orders'], runsAs: 'task', table: 'orders', queues: [] },
  });
  assert.deepEqual(Object.keys(tables), ['orders']);
  assert.deepEqual(Object.keys(relays), ['shop']);
  assert.deepEqual(Object.keys(topics), ['order-events-topic']);
  assert.deepEqual(queues, {});
});

test('a service may consume several queues, and a queue several topics, each with dead-letter queues of its own', () => {
  const stock = { ...shop, table: { name: 'stock', indexes: {} } };
  const { services, queues, subscriptions } = defineTopology({
    shop,
    stock: { ...stock, publishes: { topic: 'stock-events-topic', eventTypes: ['InventoryShort'] } },
    mailer: {
      consumes: {
        'mailer-all-queue': {
          'order-events-topic': ['CartCheckedOut'],
          'stock-events-topic': ['InventoryShort'],
        },
        'mailer-expired-queue': { 'order-events-topic': ['CartExpired'] },
      },
    },
  });
  assert.deepEqual(services.mailer.queues, ['mailer-all-queue', 'mailer-expired-queue']);
  assert.equal(queues['mailer-all-queue'].deadLetterQueue, 'mailer-all-dlq');
  assert.deepEqual(
    subscriptions.map(({ queue, topic }) => [queue, topic]),
    [
      ['mailer-all-queue', 'order-events-topic'],
      ['mailer-all-queue', 'stock-events-topic'],
      ['mailer-expired-queue', 'order-events-topic'],
    ],
  );
});

test('a service may run as functions, and publish requests to the topic of another', () => {
  const requests = { topic: 'order-events-topic', eventTypes: ['CartExpired'] } as const;
  const { services, topics, relays } = defineTopology({ shop, counter: { runsAs: 'function', requests } });
  assert.deepEqual(services.counter, { paths: [], runsAs: 'function', requests, queues: [] });
  assert.equal(topics['order-events-topic'].owner, 'shop');
  assert.deepEqual(Object.keys(relays), ['shop']);
});

test('an entry that cannot work is rejected, with the reason', () => {
  const { publishes } = shop;
  assert.throws(() => defineTopology({ shop: { publishes } }), /shop publishes, but has no table/);
  const consumes = { 'mailer-queue': { 'no-topic': ['CartCheckedOut'] } } as const;
  assert.throws(() => defineTopology({ mailer: { consumes } }), /mailer consumes no-topic, but no service/);
  const requests = { topic: 'no-topic', eventTypes: ['CartExpired'] } as const;
  assert.throws(
    () => defineTopology({ mailer: { requests } }),
    /mailer publishes requests to no-topic, which/,
  );
});
