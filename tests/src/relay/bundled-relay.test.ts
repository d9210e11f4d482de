import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addItem, openCart } from '@tandem/cart/domain/cart';
import { cartKey, catalogKey } from '@tandem/cart/store/entity-types';
import { startFakeCollector } from '@tandem/chassis/fake-collector';
import { deleteProduct, replaceProduct } from '@tandem/product/domain/edit-product';
import { productKey } from '@tandem/product/store/entity-types';
import type { TestMessage } from '../support/queues.ts';
import { startFunction } from './function.ts';
import {
  CART_QUEUE,
  content,
  createdProducts,
  creation,
  failures,
  NOW,
  PRODUCT_QUEUE,
  type Relays,
  startRelays,
  state,
  traceId,
  traceparent,
} from './relays.ts';
import { openStreamedTable, passesFilters } from './streamed-table.ts';

const moment = { now: NOW, expiresAt: new Date(Date.parse(NOW) + 86_400_000).toISOString() };
const product = { productId: 'mug', version: 1, ...content, inventory: 10, updatedAt: NOW };
const bodies = (messages: readonly TestMessage[]) => messages.map(({ body }) => JSON.parse(body) as unknown);

let relays: Relays;
before(async () => {
  relays = await startRelays();
});
after(() => relays[Symbol.asyncDispose]());

test('the events of a created, replaced and deleted product have the bodies and attributes that consumers and filters need', async () => {
  const { table, takeRecords } = openStreamedTable('products', traceparent);
  const key = productKey('mug');
  await table.update(key, creation('mug'));
  const cheaper = { content: { ...content, price: 1 }, inventory: 10 };
  await table.update(key, (stored) => replaceProduct({ stored }, 'mug', cheaper, NOW, () => true));
  await table.update(key, (stored) => deleteProduct({ stored }, 'mug', NOW, () => true));
  const records = takeRecords();
  assert.deepEqual(
    records.map(({ eventName }) => eventName),
    ['INSERT', 'MODIFY', 'MODIFY'],
  );
  assert.ok(records.every(passesFilters));
  assert.deepEqual(await relays.functions.product.invoke(records), failures());

  const messages = await relays.receive(CART_QUEUE);
  const common = { productId: 'mug', schemaVersion: 1 };
  assert.deepEqual(bodies(messages), [
    { ...common, ...state, eventType: 'ProductCreated', version: 1, eventId: 'product/mug/1/0' },
    { ...common, ...state, eventType: 'ProductUpdated', price: 1, version: 2, eventId: 'product/mug/2/0' },
    { ...common, eventType: 'ProductDeleted', updatedAt: NOW, version: 3, eventId: 'product/mug/3/0' },
  ]);
  for (const [i, { attributes }] of messages.entries()) {
    const { traceparent: published, ...others } = attributes;
    assert.equal(published?.slice(3, 35), traceId, 'the trace of the change');
    const eventType = ['ProductCreated', 'ProductUpdated', 'ProductDeleted'][i];
    assert.deepEqual(others, { eventType, eventId: `product/mug/${i + 1}/0` });
  }
});

test('the relay publishes the expiry of an expired cart from the old image, and nothing for a deleted one', async () => {
  const { table, takeRecords, removalOf } = openStreamedTable('carts');
  const key = cartKey('c1');
  await table.update(key, () => openCart('c1', null, moment));
  await table.update(key, (cart) => addItem(cart ?? assert.fail(), product, 2, moment));
  const [opened, added] = takeRecords();
  const records = [opened, added, removalOf(key, 'delete'), removalOf(key, 'ttl')].filter(
    (record) => record !== undefined,
  );
  assert.deepEqual(records.map(passesFilters), [false, true, true, true]);
  assert.deepEqual(await relays.functions.cart.invoke(records), failures());

  const [addition, expiry, ...others] = await relays.receive(PRODUCT_QUEUE);
  assert.deepEqual(others, []);
  assert.equal(addition?.attributes['eventType'], 'ProductAddedToCart');
  assert.equal(expiry?.attributes['eventType'], 'CartExpired');
  assert.deepEqual(JSON.parse(expiry?.body ?? ''), {
    eventType: 'CartExpired',
    cartId: 'c1',
    userId: null,
    items: [{ productId: 'mug', qty: 2, priceAtAdd: 1200 }],
    totalAmount: 2400,
    currency: 'EUR',
    timestamp: moment.expiresAt,
    cartVersion: 3,
    eventId: 'cart/c1/2-expired/0',
    schemaVersion: 1,
  });
});

test('writes without events, internal items and removals of other items publish nothing', async () => {
  const { table, takeRecords, removalOf, touchOf } = openStreamedTable('carts');
  await table.update(cartKey('c2'), () => openCart('c2', null, moment));
  await table.update(cartKey('c2'), (cart) => addItem(cart ?? assert.fail(), product, 1, moment));
  await table.putIfNewer(catalogKey('mug'), product);
  const [, , catalog] = takeRecords();
  assert.ok(catalog && !passesFilters(catalog));
  const unchanged = touchOf(cartKey('c2'));
  assert.ok(passesFilters(unchanged), 'the filters cannot tell');
  const records = [catalog, unchanged, removalOf(catalogKey('mug'), 'ttl')];
  assert.deepEqual(await relays.functions.cart.invoke(records), failures());
  assert.deepEqual(await relays.receive(PRODUCT_QUEUE), []);

  const products = openStreamedTable('products');
  await products.table.update(productKey('p'), creation('p'));
  assert.deepEqual(
    await relays.functions.product.invoke([products.removalOf(productKey('p'), 'ttl')]),
    failures(),
  );
  assert.deepEqual(await relays.functions.product.invoke([]), failures());
  assert.deepEqual(await relays.receive(CART_QUEUE), []);
});

test('metrics are printed and spans exported before an invocation returns', async () => {
  await using collector = await startFakeCollector();
  await using traced = await startFunction('product', relays.aws.endpoint, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
  });
  await traced.invoke(await createdProducts('t'));
  const [lag, ...others] = traced.printedLines();
  assert.deepEqual([lag?.['service'], others], ['product', []]);
  assert.equal((lag?.['RelayLag'] as { Count?: number } | undefined)?.Count, 1);
  const [span] = collector.spans;
  assert.deepEqual(
    [collector.spans.length, span?.name, span?.traceId],
    [1, 'send product-events-topic', traceId],
  );
  const [message] = await relays.receive(CART_QUEUE);
  assert.equal(message?.attributes['traceparent'], `00-${traceId}-${span?.spanId}-01`);
  await traced.invoke([]);
  assert.equal(traced.printedLines().length, 1, 'an invocation without records prints nothing');
});
