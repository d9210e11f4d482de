import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TopicName, topology } from '@tandem/contracts/topology';
import type { Step } from '../server/protocol.ts';

Object.assign(globalThis, { location: { hash: '' }, addEventListener() {} });
const { outdatedBy } = await import('./refresh.ts');

const queues = Object.entries(topology.queues);
const applied = (consumer: string) => {
  const [queue] = queues.find(([, { consumer: service }]) => service === consumer) ?? assert.fail();
  return { kind: 'applied', queue, at: 0, attempt: 1, eventId: 'e', eventType: 'T' } as Step;
};

test('what Cart has applied makes the cart old, what Product has applied the stock', () => {
  assert.deepEqual(outdatedBy(applied('cart')), ['cart', 'observed']);
  assert.deepEqual(outdatedBy(applied('product')), ['products', 'product', 'holds']);
});

test('what was only received makes nothing old', () => {
  assert.deepEqual(outdatedBy({ ...applied('cart'), kind: 'received' } as Step), []);
});

const published = (topic: TopicName, eventType: string) =>
  ({ kind: 'published', topic, at: 0, bytes: 1, eventId: 'e', eventType }) as Step;

test('the list of all products is old when a product is created, edited or deleted, not when its stock changes', () => {
  const isListOld = (eventType: string) =>
    outdatedBy(published('product-events-topic', eventType)).includes('catalog');
  for (const eventType of ['ProductCreated', 'ProductEdited', 'ProductDeleted'])
    assert.ok(isListOld(eventType));
  assert.ok(!isListOld('ProductUpdated'));
});

test('what Cart publishes may be a change of the cart by another tab, or an order', () => {
  assert.deepEqual(outdatedBy(published('cart-events-topic', 'CartCheckedOut')), ['cart', 'orders']);
});
