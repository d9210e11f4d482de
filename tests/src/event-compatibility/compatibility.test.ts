import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { eventSchemas as today } from '@tandem/contracts/events';
import { type FrozenVersion, judge, verdictsOf } from './compatibility.ts';
import { publishedOf } from '@tandem/contracts/published';

const frozen: FrozenVersion = { name: 'v1', major: 1, published: publishedOf() };
const support = { schemaVersion: 1, oldestRead: 1 };

const { ProductUpdated, ProductAddedToCart, ProductRemovedFromCart, CartCheckedOut, CartExpired } = today;
const { shape: product } = ProductUpdated;
const { shape: added } = ProductAddedToCart;
const changed = (schema: z.ZodObject, fields: z.ZodRawShape) => schema.extend(fields);
const item = CartCheckedOut.shape.items.element;

/** Edits of events.ts, and what the refusal must say. */
const incompatible: Readonly<Record<string, readonly [Partial<Record<string, z.ZodObject>>, RegExp]>> = {
  'a field is dropped': [
    { ProductUpdated: ProductUpdated.omit({ inventory: true }) },
    /ProductUpdated\/inventory, as promised: is gone/,
  ],
  'an optional field is dropped': [
    { ProductUpdated: ProductUpdated.omit({ category: true }) },
    /ProductUpdated\/category, as promised: is gone/,
  ],
  'a field is renamed': [
    {
      ProductAddedToCart: ProductAddedToCart.omit({ qty: true }).extend({ quantity: added.qty }),
    },
    /ProductAddedToCart\/quantity, as accepted: is new and cannot be left out/,
  ],
  'a field becomes optional': [
    { ProductUpdated: changed(ProductUpdated, { name: product.name.optional() }) },
    /ProductUpdated\/name, as promised: can now be left out/,
  ],
  'a field becomes nullable': [
    { ProductUpdated: changed(ProductUpdated, { price: product.price.nullable() }) },
    /ProductUpdated\/price, as promised: can now be a null/,
  ],
  'a field can no longer be null': [
    { CartExpired: changed(CartExpired, { userId: z.string() }) },
    /CartExpired\/userId, as accepted: can no longer be a null/,
  ],
  'a type changes': [
    { ProductUpdated: changed(ProductUpdated, { price: z.string() }) },
    /ProductUpdated\/price, as promised: can now be a string/,
  ],
  'an integer becomes a number': [
    { ProductUpdated: changed(ProductUpdated, { price: z.number().min(0).max(1_000_000_000) }) },
    /ProductUpdated\/price, as promised: can now be a fraction/,
  ],
  'a time becomes a number': [
    { ProductDeleted: changed(today.ProductDeleted, { updatedAt: z.int() }) },
    /ProductDeleted\/updatedAt, as accepted: can no longer be a string/,
  ],
  'a time loses its offset': [
    { ProductUpdated: changed(ProductUpdated, { updatedAt: z.iso.datetime() }) },
    /ProductUpdated\/updatedAt, as accepted: pattern was/,
  ],
  'a time becomes a date': [
    { ProductDeleted: changed(today.ProductDeleted, { updatedAt: z.iso.date() }) },
    /ProductDeleted\/updatedAt, as accepted: format was "date-time", is "date"/,
  ],
  'a list of values appears': [
    { ProductUpdated: changed(ProductUpdated, { currency: z.enum(['EUR', 'USD']) }) },
    /ProductUpdated\/currency, as accepted: can no longer be other values/,
  ],
  'a bound is tightened': [
    { ProductAddedToCart: changed(ProductAddedToCart, { qty: z.int().min(1).max(999) }) },
    /ProductAddedToCart\/qty, as accepted: maximum was 9007199254740991, is 999/,
  ],
  'a bound is loosened': [
    { ProductUpdated: changed(ProductUpdated, { price: z.int().min(-1).max(1_000_000_000) }) },
    /ProductUpdated\/price, as promised: minimum was 0, is -1/,
  ],
  'a length is limited': [
    { ProductSnapshotCompleted: changed(today.ProductSnapshotCompleted, { snapshotId: z.string().max(36) }) },
    /ProductSnapshotCompleted\/snapshotId, as accepted: maxLength was absent, is 36/,
  ],
  'a pattern is tightened': [
    { ProductUpdated: changed(ProductUpdated, { currency: z.string().regex(/^(EUR|USD)$/) }) },
    /ProductUpdated\/currency, as accepted: pattern was/,
  ],
  'a new field is required of producers': [
    { CartCheckedOut: changed(CartCheckedOut, { orderId: z.string() }) },
    /CartCheckedOut\/orderId, as accepted: is new and cannot be left out/,
  ],
  'an optional field is now required': [
    { ProductAddedToCart: ProductAddedToCart.required({ lineQty: true }) },
    /ProductAddedToCart\/lineQty, as accepted: can no longer be left out/,
  ],
  'a field of a list element is dropped': [
    { CartCheckedOut: changed(CartCheckedOut, { items: z.array(item.omit({ priceAtAdd: true })) }) },
    /CartCheckedOut\/items\/\*\/priceAtAdd, as promised: is gone/,
  ],
  'a list can no longer be empty': [
    { CartExpired: changed(CartExpired, { items: CartExpired.shape.items.min(1) }) },
    /CartExpired\/items, as accepted: minItems was absent, is 1/,
  ],
  'an object becomes a text': [
    { ProductRemovedFromCart: changed(ProductRemovedFromCart, { movedTo: z.string().optional() }) },
    /ProductRemovedFromCart\/movedTo, as accepted: can no longer be a object/,
  ],
  'absence means something else': [
    { CartExpired: changed(CartExpired, { userId: z.string().nullable().default('nobody') }) },
    /CartExpired\/userId, as accepted: default was null, is "nobody"/,
  ],
  'unknown fields are refused': [
    { ProductUpdated: z.strictObject(product) },
    /ProductUpdated, as accepted: unknown fields are no longer allowed/,
  ],
  'a type of event is removed': [
    { InventoryReserved: undefined },
    /InventoryReserved, as promised: the type is gone/,
  ],
  'a type of event is renamed': [
    {
      CartExpired: undefined,
      CartAbandoned: changed(CartExpired, { eventType: z.literal('CartAbandoned') }),
    },
    /CartExpired, as accepted: the type is gone/,
  ],
  'an event says that it is another': [
    { CartExpired: changed(CartExpired, { eventType: z.literal('CartAbandoned') }) },
    /CartExpired\/eventType, as promised: can now be "CartAbandoned"/,
  ],
};

const compatible: Readonly<Record<string, Partial<Record<string, z.ZodObject>>>> = {
  'a new optional field': {
    ProductUpdated: changed(ProductUpdated, { weight: z.int().optional() }),
  },
  'a new optional object': {
    CartExpired: changed(CartExpired, { reason: z.object({ code: z.string() }).optional() }),
  },
  'a new optional field of a list element': {
    CartCheckedOut: changed(CartCheckedOut, {
      items: z.array(item.extend({ name: z.string().optional() })),
    }),
  },
  'a new type of event': {
    ProductPraised: z.object({ eventType: z.literal('ProductPraised'), productId: product.productId }),
  },
  'a new field with a default': {
    InventoryReserved: changed(today.InventoryReserved, { warehouse: z.string().default('main') }),
  },
  'no more need of what our producers always say': {
    ProductUpdated: changed(ProductUpdated, { updatedAt: product.updatedAt.optional() }),
  },
};

const nothing: Readonly<Record<string, Partial<Record<string, z.ZodObject>>>> = {
  'another description': {
    ProductUpdated: changed(ProductUpdated, { name: product.name.describe('What it is called') }),
  },
  'another order of fields': {
    ProductUpdated: z.object(Object.fromEntries(Object.entries(product).toReversed())),
  },
  'a list of types written as alternatives': {
    CartExpired: changed(CartExpired, {
      userId: z.union([z.null(), z.string()]).default(null),
    }),
  },
};

function edited(edit: Partial<Record<string, z.ZodObject>>) {
  const schemas = Object.entries({ ...today, ...edit }).filter(([, schema]) => schema !== undefined);
  return publishedOf(Object.fromEntries(schemas));
}

describe('refuses that', () => {
  for (const [name, [edit, expected]] of Object.entries(incompatible)) {
    test(name, () => {
      const { status, reasons } = judge(edited(edit), [frozen], support);
      assert.equal(status, 'incompatible');
      assert.match(reasons.join('\n'), expected);
      assert.match(reasons.at(-1) ?? '', /raise SCHEMA_VERSION[^]+4 \+ 14 days/);
    });
  }
});

describe('allows, once it is frozen,', () => {
  for (const [name, edit] of Object.entries(compatible)) {
    test(name, () => {
      const published = edited(edit);
      const { status, reasons } = judge(published, [frozen], support);
      assert.equal(status, 'compatible');
      assert.match(reasons.at(-1) ?? '', /npm run record-events$/);
      const grown = { name: 'v1.1', major: 1, published };
      assert.equal(judge(published, [frozen, grown], support).status, 'same');
    });
  }
});

describe('does not mind', () => {
  for (const [name, edit] of Object.entries(nothing)) {
    test(name, () => assert.equal(judge(edited(edit), [frozen], support).status, 'same'));
  }
});

test('what was added and frozen is missed when it goes', () => {
  const published = edited(compatible['a new optional field'] ?? {});
  const { reasons } = judge(publishedOf(), [frozen, { ...frozen, name: 'v1.1', published }], support);
  assert.match(reasons.join('\n'), /ProductUpdated\/weight, as promised: is gone/);
});

test('a new version may promise less, but reads the old one until that is no longer supported', () => {
  const raised = { schemaVersion: 2, oldestRead: 1 };
  const less = edited({ ProductUpdated: changed(ProductUpdated, { name: product.name.optional() }) });
  assert.equal(judge(less, [frozen], raised).status, 'compatible');
  const next: FrozenVersion = { name: 'v2', major: 2, published: less };
  assert.equal(judge(less, [frozen, next], raised).status, 'same');

  const deaf = edited({ CartCheckedOut: changed(CartCheckedOut, { orderId: z.string() }) });
  const { status, reasons } = judge(deaf, [frozen], raised);
  assert.equal(status, 'incompatible');
  assert.match(reasons.join('\n'), /events of v1 would be dead letters/);
  assert.equal(judge(deaf, [frozen], { ...raised, oldestRead: 2 }).status, 'compatible');
});

test('a schema that it cannot compare is an error, not a yes', () => {
  for (const field of [
    z.string().or(z.iso.date()),
    z.any(),
    z.record(z.string(), z.int()),
    z.int().multipleOf(5),
  ]) {
    const published = edited({ ProductUpdated: changed(ProductUpdated, { name: field }) });
    assert.throws(() => verdictsOf(frozen.published, published), /ProductUpdated|\/name: the comparison/);
  }
});
