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

/** Values that a field must refuse besides one of a foreign type. */
const refused: Readonly<Record<string, readonly unknown[]>> = {
  productId: ['', 'x'.repeat(201)],
  cartId: ['', 'x'.repeat(201)],
  requestId: [''],
  price: [-1, 19.99, '1999', 1_000_000_001],
  priceAtAdd: [-1, 0.5, 1_000_000_001],
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

test('reads the product event of the contract, keeping its fields', () => {
  const body =
    '{"eventType":"ProductUpdated","productId":"prod-123","name":"Acme Widget","price":1999,"currency":"USD",' +
    '"inventory":120,"updatedAt":"2026-02-14T15:00:00Z","version":42}';
  assert.deepEqual(readEvent(body), { ok: true, event: JSON.parse(body) });
});

test('a field that is null counts as absent; a required one is then missing', () => {
  const event = { ...eventExamples.ProductUpdated[1], category: null, onHand: null, reserved: null };
  assert.deepEqual(readEvent(event), { ok: true, event: eventExamples.ProductUpdated[1] });
  const { ok } = readEvent({ ...event, name: null });
  assert.equal(ok, false);
});

test('reads the cart event of the contract, keeping its fields', () => {
  const body =
    '{"eventType":"ProductAddedToCart","cartId":"cart-abc","userId":"user-123","productId":"prod-123",' +
    '"priceAtAdd":1999,"qty":2,"timestamp":"2026-02-14T15:05:00Z","cartVersion":10}';
  assert.deepEqual(readEvent(body), { ok: true, event: JSON.parse(body) });
});

test('reads an absent userId and an absent currency of a closed cart as null', () => {
  const { userId: _, currency: __, ...body } = eventExamples.CartExpired[0];
  assert.deepEqual(readEvent(body), { ok: true, event: { ...body, userId: null, currency: null } });
});

for (const type of eventTypes) {
  const examples: readonly object[] = eventExamples[type];
  const example: Readonly<Record<string, unknown>> = Object.assign({}, ...examples);

  test(`${type}: its examples are read as they stand and name every field`, () => {
    for (const body of examples) assert.deepEqual(readEvent(body), { ok: true, event: body });
    const fields = Object.keys(eventSchemas[type].shape);
    assert.deepEqual(Object.keys(example).toSorted(), fields.toSorted());
  });

  test(`${type}: refuses the absence of each field that it requires, and of no other`, () => {
    const missed = Object.keys(example).filter((field) => {
      const { [field]: _, ...body } = example;
      const pointers = faults(body);
      if (pointers.length > 0) assert.deepEqual(pointers, [`/${field}`]);
      return pointers.length > 0;
    });
    assert.deepEqual(missed.toSorted(), ['eventType', ...required[type]].toSorted());
  });

  test(`${type}: refuses a wrong value of each field`, () => {
    for (const field of Object.keys(example).filter((name) => name !== 'eventType')) {
      for (const value of [{}, true, ...(refused[field] ?? [])]) {
        const [first = '', ...others] = faults({ ...example, [field]: value });
        assert.ok(
          [first, ...others].every((pointer) => pointer.startsWith(`/${field}`)),
          JSON.stringify(value),
        );
      }
    }
  });

  test(`${type}: whatever its schema can say is read back equal`, () => {
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

test('points into the items of a cart', () => {
  const [body] = eventExamples.CartCheckedOut;
  const items = [...body.items, { productId: 'prod-9', qty: 0, priceAtAdd: -1 }];
  assert.deepEqual(faults({ ...body, items }), ['/items/1/qty', '/items/1/priceAtAdd']);
});

test('names the event type of an invalid body, with a detail for each fault', () => {
  const reading = readEvent({ ...eventExamples.ProductDeleted[0], version: 'two' });
  assert.deepEqual(reading, {
    ok: false,
    reason: 'invalid',
    eventType: 'ProductDeleted',
    errors: [{ pointer: '/version', detail: 'Invalid input: expected number, received string' }],
  });
});

for (const body of ['', 'no JSON', '[]', 'null', '"text"', '42', undefined, null, 7, []]) {
  test(`refuses ${JSON.stringify(body) ?? 'undefined'}, which is no JSON object`, () => {
    assert.deepEqual(faults(body), ['']);
  });
}

for (const body of [
  '{}',
  '{"eventType":7}',
  '{"eventType":null}',
  '{"__proto__":{"eventType":"CartExpired"}}',
]) {
  test(`refuses ${body}, which names no type`, () => {
    assert.deepEqual(faults(body), ['/eventType']);
  });
}

for (const eventType of ['OrderPlaced', '', 'productcreated', 'constructor', '__proto__', 'toString']) {
  test(`does not know the type '${eventType}'`, () => {
    assert.deepEqual(readEvent({ eventType }), { ok: false, reason: 'unknownType', eventType });
  });
}

test('fields that we do not know change nothing', () => {
  const known = new Set(eventTypes.flatMap((type) => Object.keys(eventSchemas[type].shape)));
  const name = fc
    .oneof(fc.string(), fc.constantFrom('__proto__', 'constructor'))
    .filter((it) => !known.has(it));
  const extras = fc.array(fc.tuple(name, fc.jsonValue()));
  fc.assert(
    fc.property(anyEvent, extras, (event, fields) => {
      const extended = JSON.stringify(Object.fromEntries([...fields, ...Object.entries(event)]));
      assert.deepEqual(readEvent(extended), readEvent(JSON.stringify(event)));
    }),
  );
});

test('never throws, for any JSON or text', () => {
  const nearly = fc.record({ eventType: fc.constantFrom(...eventTypes), items: fc.jsonValue() });
  const body = fc.oneof(fc.json(), fc.string(), fc.jsonValue(), nearly, fc.anything());
  fc.assert(fc.property(body, (value) => typeof readEvent(value).ok === 'boolean'));
});

/** The pointers of what is wrong with a body; empty if it is read. Fails on a type that is not known. */
function faults(body: unknown): string[] {
  const reading = readEvent(body);
  if (reading.ok) return [];
  assert.ok(reading.reason === 'invalid', 'a type that is not known');
  for (const { detail } of reading.errors) assert.ok(detail.length > 0);
  return reading.errors.map(({ pointer }) => pointer);
}

test('ids that are unsafe as keys or attributes are refused', () => {
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
