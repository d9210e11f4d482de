import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { productKey } from '@tandem/product/store/entity-types';
import { startFunction } from './function.ts';
import {
  CART_PARKING,
  CART_QUEUE,
  createdProducts,
  creation,
  eventIds,
  failures,
  PRODUCT_PARKING,
  type Relays,
  startRelays,
  state,
} from './relays.ts';
import { openStreamedTable } from './streamed-table.ts';

let relays: Relays;
before(async () => {
  relays = await startRelays();
});
beforeEach(() => Object.assign(relays.aws, { sns: 'work', sqs: 'work', errorOf: () => undefined }));
after(() => relays[Symbol.asyncDispose]());

test('of a batch, events with server faults are retried and events with client faults are parked; retries have the same ids', async () => {
  const records = await createdProducts('ok', 'client', 'server', 'last');
  const [, , serverFault] = records;
  const errors = new Map([
    ['product/client/1/0', { Code: 'InvalidParameter', SenderFault: true }],
    ['product/server/1/0', { Code: 'InternalError', SenderFault: false }],
  ]);
  relays.aws.errorOf = (eventId) => errors.get(eventId);
  assert.deepEqual(await relays.functions.product.invoke(records), failures(serverFault ?? assert.fail()));
  assert.deepEqual(eventIds(await relays.receive(CART_QUEUE)), ['product/ok/1/0', 'product/last/1/0']);
  const [parked, ...others] = await relays.receive(PRODUCT_PARKING);
  assert.deepEqual(others, []);
  const eventId = 'product/client/1/0';
  const event = { productId: 'client', eventType: 'ProductCreated', version: 1, eventId, schemaVersion: 1 };
  assert.deepEqual(JSON.parse(parked?.body ?? ''), { ...state, ...event });
  const { traceparent: published, ...attributes } = parked?.attributes ?? {};
  assert.deepEqual(attributes, { reason: 'InvalidParameter: injected' });
  assert.match(published ?? '', /^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/);

  relays.aws.errorOf = () => undefined;
  assert.deepEqual(await relays.functions.product.invoke(records.slice(2)), failures());
  assert.deepEqual(eventIds(await relays.receive(CART_QUEUE)), ['product/server/1/0', 'product/last/1/0']);
});

const outages = {
  'an error': { status: 503, code: 'ServiceUnavailable' },
  throttling: { status: 400, code: 'Throttling' },
  'a lost connection': 'disconnect',
} as const;
for (const [name, behaviour] of Object.entries(outages)) {
  test(`${name} of SNS fails all records, and a retry publishes all events with the same ids`, async () => {
    const records = await createdProducts(...Array.from({ length: 12 }, (_, i) => `p${i}`));
    relays.aws.sns = behaviour;
    assert.deepEqual(await relays.functions.product.invoke(records), failures(...records));
    assert.deepEqual([await relays.receive(CART_QUEUE), await relays.receive(PRODUCT_PARKING)], [[], []]);
    relays.aws.sns = 'work';
    assert.deepEqual(await relays.functions.product.invoke(records), failures());
    const all = Array.from({ length: 12 }, (_, i) => `product/p${i}/1/0`);
    assert.deepEqual(eventIds(await relays.receive(CART_QUEUE)), all);
  });
}

test('an unreachable SNS fails all records', async () => {
  await using unreachable = await startFunction('product', 'http://127.0.0.1:9');
  const records = await createdProducts('a', 'b');
  assert.deepEqual(await unreachable.invoke(records), failures(...records));
});

test('an event that exceeds the size limit of a topic is parked; while parking fails, it is retried', async () => {
  const { table, takeRecords } = openStreamedTable('products');
  // Each character is one byte in the table, and six in JSON.
  const name = '\u0001'.repeat(50_000);
  await table.update(productKey('big'), creation('big', name));
  const [big] = takeRecords();
  const records = [big ?? assert.fail(), ...(await createdProducts('small'))];
  relays.aws.sqs = { status: 503, code: 'ServiceUnavailable' };
  assert.deepEqual(await relays.functions.product.invoke(records), failures(records[0] ?? assert.fail()));
  assert.deepEqual(eventIds(await relays.receive(CART_QUEUE)), ['product/small/1/0']);
  assert.deepEqual(await relays.receive(PRODUCT_PARKING), []);

  relays.aws.sqs = 'work';
  assert.deepEqual(await relays.functions.product.invoke(records), failures());
  const [parked, ...others] = await relays.receive(PRODUCT_PARKING);
  assert.deepEqual(others, []);
  assert.match(parked?.attributes['reason'] ?? '', /^the event has \d{6} bytes, a topic takes 261120$/);
  const { name: parkedName, eventId } = JSON.parse(parked?.body ?? '') as Record<string, unknown>;
  assert.deepEqual([parkedName === name, eventId], [true, 'product/big/1/0']);
  await relays.receive(CART_QUEUE);
});

test('a record without images is parked unchanged, and the other records are relayed', async () => {
  const [first, second] = await createdProducts('first', 'second');
  const { NewImage: _image, ...rest } = second?.dynamodb ?? assert.fail();
  const bare = { ...second, dynamodb: { ...rest, StreamViewType: 'KEYS_ONLY' } };
  assert.deepEqual(await relays.functions.product.invoke([bare, first ?? assert.fail()]), failures());
  assert.deepEqual(eventIds(await relays.receive(CART_QUEUE)), ['product/first/1/0']);
  const [parked, ...others] = await relays.receive(PRODUCT_PARKING);
  assert.deepEqual([JSON.parse(parked?.body ?? ''), others], [bare, []]);
  assert.match(parked?.attributes['reason'] ?? '', /^record not readable: /);
  assert.deepEqual(await relays.receive(CART_PARKING), []);
});
