import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { addItem, openCart } from '@tandem/cart/domain/cart';
import { cartKey, catalogKey } from '@tandem/cart/store/entity-types';
import { startFakeCollector } from '@tandem/chassis/fake-collector';
import {
  createProduct,
  deleteProduct,
  type NewProduct,
  replaceProduct,
} from '@tandem/product/domain/edit-product';
import type { StoredProduct } from '@tandem/product/domain/product';
import { productKey } from '@tandem/product/store/entity-types';
import { type FaultyAws, startFaultyAws } from './faulty-aws.ts';
import { type RelayFunction, startFunction } from './function.ts';
import { type Arrived, openInbox } from './inbox.ts';
import { passesFilters, streamedTable } from './streamed-table.ts';

/** The relays as they ship, brought what a table's stream holds, against SNS and SQS that can be made to fail. */
const UPDATES = 'cart-product-updates-queue';
const CART_EVENTS = 'product-cart-events-queue';
const PARKED = 'product-relay-parking-queue';
const CART_PARKED = 'cart-relay-parking-queue';

const NOW = new Date().toISOString();
const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
const content = { name: 'Mug', price: 1200, currency: 'EUR', category: 'cups' };
const input: NewProduct = { content, inventory: 10 };
const state = { ...content, inventory: 10, onHand: 10, held: 0, incarnation: 1, updatedAt: NOW };
const moment = { now: NOW, expiresAt: '2026-12-01T00:00:00.000Z' };
const product = { productId: 'mug', version: 1, ...content, inventory: 10, updatedAt: NOW };

/** Creates a product of this name. */
const creating =
  (id: string, name = content.name) =>
  (stored: StoredProduct | undefined) =>
    createProduct({ stored }, id, { ...input, content: { ...content, name } }, NOW);

let aws: FaultyAws;
let functions: { readonly product: RelayFunction; readonly cart: RelayFunction };
let inbox: ReturnType<typeof openInbox>;

before(async () => {
  aws = await startFaultyAws();
  inbox = openInbox(aws.soundEndpoint);
  const [product, cart] = await Promise.all([
    startFunction('product', aws.endpoint),
    startFunction('cart', aws.endpoint),
  ]);
  functions = { product, cart };
});
beforeEach(() => Object.assign(aws, { sns: 'well', sqs: 'well', faultOf: () => undefined }));
after(async () => {
  await Promise.all([functions.product[Symbol.asyncDispose](), functions.cart[Symbol.asyncDispose]()]);
  inbox.close();
  await aws[Symbol.asyncDispose]();
});

const failures = (...records: readonly { dynamodb: { SequenceNumber: string } }[]) => ({
  batchItemFailures: records.map(({ dynamodb }) => ({ itemIdentifier: dynamodb.SequenceNumber })),
});
const eventIds = (messages: readonly Arrived[]) => messages.map(({ attributes }) => attributes['eventId']);
const bodies = (messages: readonly Arrived[]) => messages.map(({ body }) => JSON.parse(body) as unknown);

/** The records of so many products, each created. */
async function created(...ids: string[]) {
  const products = streamedTable('products', traceparent);
  for (const id of ids) await products.table.update(productKey(id), creating(id));
  return products.take();
}

test('a product created, replaced and deleted: each event arrives as consumers and filters know it', async () => {
  const { table, take } = streamedTable('products', traceparent);
  const key = productKey('mug');
  await table.update(key, creating('mug'));
  const cheaper = { ...input, content: { ...content, price: 1 } };
  await table.update(key, (stored) => replaceProduct({ stored }, 'mug', cheaper, NOW, () => true));
  await table.update(key, (stored) => deleteProduct({ stored }, 'mug', NOW, () => true));
  const records = take();
  assert.deepEqual(
    records.map(({ eventName }) => eventName),
    ['INSERT', 'MODIFY', 'MODIFY'],
  );
  assert.ok(records.every(passesFilters));
  assert.deepEqual(await functions.product.invoke(records), failures());

  const arrived = await inbox.take(UPDATES);
  const common = { productId: 'mug', schemaVersion: 1 };
  assert.deepEqual(bodies(arrived), [
    { ...common, ...state, eventType: 'ProductCreated', version: 1, eventId: 'product/mug/1/0' },
    { ...common, ...state, eventType: 'ProductUpdated', price: 1, version: 2, eventId: 'product/mug/2/0' },
    { ...common, eventType: 'ProductDeleted', updatedAt: NOW, version: 3, eventId: 'product/mug/3/0' },
  ]);
  for (const [i, { attributes }] of arrived.entries()) {
    const { traceparent: continued, ...others } = attributes;
    assert.equal(continued?.slice(3, 35), traceId, 'the trace of the change');
    const eventType = ['ProductCreated', 'ProductUpdated', 'ProductDeleted'][i];
    assert.deepEqual(others, { eventType, eventId: `product/mug/${i + 1}/0` });
  }
});

test('an expired cart publishes its expiry from the old image; a removed one publishes nothing', async () => {
  const { table, take, removed } = streamedTable('carts');
  const key = cartKey('c1');
  await table.update(key, () => openCart('c1', null, moment));
  await table.update(key, (cart) => addItem(cart ?? assert.fail(), product, 2, moment));
  const [opened, added] = take();
  const records = [opened, added, removed(key, 'hand'), removed(key, 'ttl')].flatMap((it) => it ?? []);
  assert.deepEqual(records.map(passesFilters), [false, true, true, true]);
  assert.deepEqual(await functions.cart.invoke(records), failures());

  const [addition, expiry, ...others] = await inbox.take(CART_EVENTS);
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
  const { table, take, removed, touched } = streamedTable('carts');
  await table.update(cartKey('c2'), () => openCart('c2', null, moment));
  await table.update(cartKey('c2'), (cart) => addItem(cart ?? assert.fail(), product, 1, moment));
  await table.putIfNewer(catalogKey('mug'), product);
  const [, , catalog] = take();
  assert.ok(catalog && !passesFilters(catalog));
  const unchanged = touched(cartKey('c2'));
  assert.ok(passesFilters(unchanged), 'only the relay can tell');
  const records = [catalog, unchanged, removed(catalogKey('mug'), 'ttl')];
  assert.deepEqual(await functions.cart.invoke(records), failures());
  assert.deepEqual(await inbox.take(CART_EVENTS), []);

  const products = streamedTable('products');
  await products.table.update(productKey('p'), creating('p'));
  assert.deepEqual(await functions.product.invoke([products.removed(productKey('p'), 'ttl')]), failures());
  assert.deepEqual(await functions.product.invoke([]), failures());
  assert.deepEqual(await inbox.take(UPDATES), []);
});

test("of a batch, SNS's faults are brought again and ours are parked; the retry has the same ids", async () => {
  const records = await created('ok', 'ours', 'theirs', 'last');
  const [, , theirs] = records;
  const faults = new Map([
    ['product/ours/1/0', { Code: 'InvalidParameter', SenderFault: true }],
    ['product/theirs/1/0', { Code: 'InternalError', SenderFault: false }],
  ]);
  aws.faultOf = (eventId) => faults.get(eventId);
  assert.deepEqual(await functions.product.invoke(records), failures(theirs ?? assert.fail()));
  assert.deepEqual(eventIds(await inbox.take(UPDATES)), ['product/ok/1/0', 'product/last/1/0']);
  const [parked, ...others] = await inbox.take(PARKED);
  assert.deepEqual(others, []);
  const eventId = 'product/ours/1/0';
  const ours = { productId: 'ours', eventType: 'ProductCreated', version: 1, eventId, schemaVersion: 1 };
  assert.deepEqual(JSON.parse(parked?.body ?? ''), { ...state, ...ours });
  const { traceparent, ...told } = parked?.attributes ?? {};
  assert.deepEqual(told, { reason: 'InvalidParameter: as told' });
  assert.match(traceparent ?? '', /^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/);

  aws.faultOf = () => undefined;
  assert.deepEqual(await functions.product.invoke(records.slice(2)), failures());
  assert.deepEqual(eventIds(await inbox.take(UPDATES)), ['product/theirs/1/0', 'product/last/1/0']);
});

const outages = {
  'an error of SNS': { status: 503, code: 'ServiceUnavailable' },
  'a throttling': { status: 400, code: 'Throttling' },
  'a connection that is cut': 'cut',
} as const;
for (const [name, answer] of Object.entries(outages)) {
  test(`${name} fails all, and a retry brings every event, of more than one request, with its id`, async () => {
    const records = await created(...Array.from({ length: 12 }, (_, i) => `p${i}`));
    aws.sns = answer;
    assert.deepEqual(await functions.product.invoke(records), failures(...records));
    assert.deepEqual([await inbox.take(UPDATES), await inbox.take(PARKED)], [[], []]);
    aws.sns = 'well';
    assert.deepEqual(await functions.product.invoke(records), failures());
    const all = Array.from({ length: 12 }, (_, i) => `product/p${i}/1/0`);
    assert.deepEqual(eventIds(await inbox.take(UPDATES)), all);
  });
}

test('without subscribers nothing is lost either', async () => {
  await using nowhere = await startFunction('product', 'http://127.0.0.1:9');
  const records = await created('a', 'b');
  assert.deepEqual(await nowhere.invoke(records), failures(...records));
});

test('an event that no topic takes is parked whole; while that fails too, it is brought again', async () => {
  const { table, take } = streamedTable('products');
  // Each of these is a byte in the table, and six in JSON.
  const name = '\u0001'.repeat(50_000);
  await table.update(productKey('big'), creating('big', name));
  const [big] = take();
  const records = [big ?? assert.fail(), ...(await created('small'))];
  aws.sqs = { status: 503, code: 'ServiceUnavailable' };
  assert.deepEqual(await functions.product.invoke(records), failures(records[0] ?? assert.fail()));
  assert.deepEqual(eventIds(await inbox.take(UPDATES)), ['product/small/1/0']);
  assert.deepEqual(await inbox.take(PARKED), []);

  aws.sqs = 'well';
  assert.deepEqual(await functions.product.invoke(records), failures());
  const [parked, ...others] = await inbox.take(PARKED);
  assert.deepEqual(others, []);
  assert.match(parked?.attributes['reason'] ?? '', /^the event has \d{6} bytes, a topic takes 261120$/);
  const { name: kept, eventId } = JSON.parse(parked?.body ?? '') as Record<string, unknown>;
  assert.deepEqual([kept === name, eventId], [true, 'product/big/1/0']);
  await inbox.take(UPDATES);
});

test('a record without images is parked as it came, and those around it are relayed', async () => {
  const [first, second] = await created('first', 'second');
  const { NewImage: _image, ...rest } = second?.dynamodb ?? assert.fail();
  const bare = { ...second, dynamodb: { ...rest, StreamViewType: 'KEYS_ONLY' } };
  assert.deepEqual(await functions.product.invoke([bare, first ?? assert.fail()]), failures());
  assert.deepEqual(eventIds(await inbox.take(UPDATES)), ['product/first/1/0']);
  const [parked, ...others] = await inbox.take(PARKED);
  assert.deepEqual([JSON.parse(parked?.body ?? ''), others], [bare, []]);
  assert.match(parked?.attributes['reason'] ?? '', /^record not readable: /);
  assert.deepEqual(await inbox.take(CART_PARKED), []);
});

test('metrics are written and spans exported before an invocation returns', async () => {
  await using collector = await startFakeCollector();
  await using traced = await startFunction('product', aws.endpoint, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
  });
  await traced.invoke(await created('t'));
  const [lag, ...others] = traced.lines();
  assert.deepEqual([lag?.['service'], others], ['product', []]);
  assert.equal((lag?.['RelayLag'] as { Count?: number } | undefined)?.Count, 1);
  const [span] = collector.spans;
  assert.deepEqual(
    [collector.spans.length, span?.name, span?.traceId],
    [1, 'send product-events-topic', traceId],
  );
  const [message] = await inbox.take(UPDATES);
  assert.equal(message?.attributes['traceparent'], `00-${traceId}-${span?.spanId}-01`);
  await traced.invoke([]);
  assert.equal(traced.lines().length, 1, 'nothing happened, nothing is written');
});
