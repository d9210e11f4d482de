import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { z } from 'zod';
import { eventArbitraries } from './events.arbitrary.ts';
import { eventSchemas, type EventType } from './events.ts';
import { eventExamples } from './examples.ts';
import { readEvent } from './read-event.ts';

const eventTypes = Object.keys(eventSchemas) as EventType[];
const anyEvent = fc.oneof(...eventTypes.map((type) => eventArbitraries[type]));

const required: Record<EventType, readonly string[]> = {
  ProductCreated: ['productId', 'name', 'price', 'currency', 'inventory', 'updatedAt', 'version'],
  ProductUpdated: ['productId', 'name', 'price', 'currency', 'inventory', 'updatedAt', 'version'],
  ProductSnapshot: ['productId', 'name', 'price', 'currency', 'inventory', 'updatedAt', 'version'],
  ProductEdited: [
    'productId',
    'name',
    'price',
    'currency',
    'previousName',
    'previousPrice',
    'previousCurrency',
    'version',
    'timestamp',
  ],
  ProductDeleted: ['productId', 'version', 'updatedAt'],
  ProductSnapshotCompleted: ['snapshotId', 'productCount', 'timestamp'],
  InventoryReservationRejected: [
    'cartId',
    'productId',
    'requestedQty',
    'availableQty',
    'cartVersion',
    'timestamp',
  ],
  InventoryReserved: ['cartId', 'productId', 'qty', 'cartVersion', 'timestamp'],
  InventoryReservationExpired: ['cartId', 'productId', 'qty', 'cartVersion', 'timestamp'],
  InventoryShort: ['cartId', 'productId', 'qty', 'missingQty', 'timestamp'],
  InventoryReservationRequested: ['cartId', 'items', 'timestamp', 'cartVersion'],
  ProductAddedToCart: ['cartId', 'productId', 'priceAtAdd', 'qty', 'timestamp', 'cartVersion'],
  ProductRemovedFromCart: ['cartId', 'productId', 'priceAtAdd', 'qty', 'timestamp', 'cartVersion'],
  CartCheckedOut: ['cartId', 'items', 'totalAmount', 'timestamp', 'cartVersion'],
  CartExpired: ['cartId', 'items', 'totalAmount', 'timestamp', 'cartVersion'],
  ProductSnapshotRequested: ['requestId', 'timestamp'],
};

/** Invalid values by field, in addition to values of another type. */
const invalidValues: Readonly<Record<string, readonly unknown[]>> = {
  productId: ['', 'x'.repeat(201)],
  cartId: ['', 'x'.repeat(201)],
  requestId: [''],
  price: [-1, 19.99, '1999', 90_000_000_001],
  previousPrice: [-1, 19.99, 90_000_000_001],
  previousCurrency: ['usd', 'US', 'USDX'],
  opensCart: ['true', 1],
  priceAtAdd: [-1, 0.5, 90_000_000_001],
  totalAmount: [-1, 0.5],
  inventory: [-1, 1.5],
  qty: [0, -1, 1.5],
  lineQty: [-1],
  missingQty: [0],
  version: [0, 1.5, 1_000_000_000_001, Number.MAX_SAFE_INTEGER],
  cartVersion: [0, 1_000_000_001, Number.MAX_SAFE_INTEGER],
  currency: ['usd', 'US', 'USDX'],
  updatedAt: ['2026-02-14', 'yesterday', '2026-02-30T15:00:00Z', 1771081200000],
  timestamp: ['2026-02-14T15:00:00', ''],
};

test('the product event of the contract is read with all of its fields', () => {
  const body =
    '{"eventType":"ProductUpdated","productId":"prod-123","name":"Acme Widget","price":1999,"currency":"USD",' +
    '"inventory":120,"updatedAt":"2026-02-14T15:00:00Z","version":42}';
  assert.deepEqual(readEvent(body), { ok: true, event: JSON.parse(body) });
});

test('a null field counts as absent, which is an error for a required field', () => {
  const event = { ...eventExamples.ProductUpdated[1], category: null, onHand: null, reserved: null };
  assert.deepEqual(readEvent(event), { ok: true, event: eventExamples.ProductUpdated[1] });
  const { ok } = readEvent({ ...event, name: null });
  assert.equal(ok, false);
});

test('the cart event of the contract is read with all of its fields', () => {
  const body =
    '{"eventType":"ProductAddedToCart","cartId":"cart-abc","userId":"user-123","productId":"prod-123",' +
    '"priceAtAdd":1999,"qty":2,"timestamp":"2026-02-14T15:05:00Z","cartVersion":10}';
  assert.deepEqual(readEvent(body), { ok: true, event: JSON.parse(body) });
});

test('an absent userId or currency of a closed cart is read as null', () => {
  const { userId: _, currency: __, ...body } = eventExamples.CartExpired[0];
  assert.deepEqual(readEvent(body), { ok: true, event: { ...body, userId: null, currency: null } });
});

for (const type of eventTypes) {
  const examples: readonly object[] = eventExamples[type];
  const example: Readonly<Record<string, unknown>> = Object.assign({}, ...examples);

  test(`${type}: its examples are read unchanged and cover every field`, () => {
    for (const body of examples) assert.deepEqual(readEvent(body), { ok: true, event: body });
    const fields = Object.keys(eventSchemas[type].shape);
    assert.deepEqual(Object.keys(example).toSorted(), fields.toSorted());
  });

  test(`${type}: an event without a required field is rejected, one without an optional field is accepted`, () => {
    const missed = Object.keys(example).filter((field) => {
      const { [field]: _, ...body } = example;
      const pointers = faults(body);
      if (pointers.length > 0) assert.deepEqual(pointers, [`/${field}`]);
      return pointers.length > 0;
    });
    assert.deepEqual(missed.toSorted(), ['eventType', ...required[type]].toSorted());
  });

  test(`${type}: an event with an invalid value of any field is rejected`, () => {
    for (const field of Object.keys(example).filter((name) => name !== 'eventType')) {
      const ofOtherType = typeof example[field] === 'boolean' ? {} : true;
      for (const value of [{}, ofOtherType, ...(invalidValues[field] ?? [])]) {
        const [first = '', ...more] = faults({ ...example, [field]: value });
        assert.ok(
          [first, ...more].every((pointer) => pointer.startsWith(`/${field}`)),
          JSON.stringify(value),
        );
      }
    }
  });

  test(`${type}: every valid event is read back equal from JSON`, () => {
    fc.assert(
      fc.property(eventArbitraries[type], (event) => {
        const text = JSON.stringify(event);
        assert.deepEqual(readEvent(text), { ok: true, event: JSON.parse(text) });
      }),
    );
  });

  test(`${type}: its schema compiles`, () => {
    assert.doesNotThrow(() => z.compile(eventSchemas[type], { strict: true }));
  });
}

test('faults of cart items are reported with a pointer to the item', () => {
  const [body] = eventExamples.CartCheckedOut;
  const items = [...body.items, { productId: 'prod-9', qty: 0, priceAtAdd: -1 }];
  assert.deepEqual(faults({ ...body, items }), ['/items/1/qty', '/items/1/priceAtAdd']);
});

test('the result for an invalid body has its event type and a detail for each fault', () => {
  const reading = readEvent({ ...eventExamples.ProductDeleted[0], version: 'two' });
  assert.deepEqual(reading, {
    ok: false,
    reason: 'invalid',
    eventType: 'ProductDeleted',
    errors: [{ pointer: '/version', detail: 'Invalid input: expected number, received string' }],
  });
});

for (const body of ['', 'no JSON', '[]', 'null', '"text"', '42', undefined, null, 7, []]) {
  test(`${JSON.stringify(body) ?? 'undefined'} is rejected: it is not a JSON object`, () => {
    assert.deepEqual(faults(body), ['']);
  });
}

for (const body of [
  '{}',
  '{"eventType":7}',
  '{"eventType":null}',
  '{"__proto__":{"eventType":"CartExpired"}}',
]) {
  test(`${body} is rejected: it has no event type`, () => {
    assert.deepEqual(faults(body), ['/eventType']);
  });
}

for (const eventType of ['OrderPlaced', '', 'productcreated', 'constructor', '__proto__', 'toString']) {
  test(`'${eventType}' is an unknown event type`, () => {
    assert.deepEqual(readEvent({ eventType }), { ok: false, reason: 'unknownType', eventType });
  });
}

test('unknown fields are ignored', () => {
  const knownFields = new Set(eventTypes.flatMap((type) => Object.keys(eventSchemas[type].shape)));
  const name = fc
    .oneof(fc.string(), fc.constantFrom('__proto__', 'constructor'))
    .filter((field) => !knownFields.has(field));
  const unknownFields = fc.array(fc.tuple(name, fc.jsonValue()));
  fc.assert(
    fc.property(anyEvent, unknownFields, (event, fields) => {
      const extended = JSON.stringify(Object.fromEntries([...fields, ...Object.entries(event)]));
      assert.deepEqual(readEvent(extended), readEvent(JSON.stringify(event)));
    }),
  );
});

test('reading never throws, for any JSON or text', () => {
  const partialEvent = fc.record({ eventType: fc.constantFrom(...eventTypes), items: fc.jsonValue() });
  const body = fc.oneof(fc.json(), fc.string(), fc.jsonValue(), partialEvent, fc.anything());
  fc.assert(fc.property(body, (value) => typeof readEvent(value).ok === 'boolean'));
});

/** Pointers to the faults of a body; empty for a valid one. Fails for an unknown event type. */
function faults(body: unknown): string[] {
  const reading = readEvent(body);
  if (reading.ok) return [];
  assert.ok(reading.reason === 'invalid', 'unknown event type');
  for (const { detail } of reading.errors) assert.ok(detail.length > 0);
  return reading.errors.map(({ pointer }) => pointer);
}

test('ids that are unsafe as keys or attributes are rejected', () => {
  const [example] = eventExamples.ProductDeleted;
  for (const productId of ['', 'a/b', 'a\u0000', 'a\nb', '\uD800', '\uFFFF', 'x'.repeat(201)]) {
    const reading = readEvent(JSON.stringify({ ...example, productId }));
    assert.ok(!reading.ok && reading.reason === 'invalid', JSON.stringify(productId));
    assert.equal(reading.errors[0]?.pointer, '/productId');
  }
  for (const productId of ['85123A', 'Bank Charges', 'größe-1', '茶', '🫖']) {
    assert.ok(readEvent(JSON.stringify({ ...example, productId })).ok, productId);
  }
});
