import { eventSchemas } from '@tandem/contracts/events';
import { z } from 'zod';

/** Edit of events.ts: changed schemas by event type; undefined removes a type. */
export type Edit = Partial<Record<string, z.ZodObject>>;

const { ProductUpdated, ProductAddedToCart, ProductRemovedFromCart, CartCheckedOut, CartExpired } =
  eventSchemas;
const { shape: product } = ProductUpdated;
const { shape: added } = ProductAddedToCart;
/** A schema with these fields. */
export const changed = (schema: z.ZodObject, fields: z.ZodRawShape) => schema.extend(fields);
const item = CartCheckedOut.shape.items.element;

/** Incompatible edits of events.ts, with the expected reasons. */
export const incompatible: Readonly<Record<string, readonly [Edit, RegExp]>> = {
  'a field is dropped': [
    { ProductUpdated: ProductUpdated.omit({ inventory: true }) },
    /ProductUpdated\/inventory, as promised: is removed/,
  ],
  'an optional field is dropped': [
    { ProductUpdated: ProductUpdated.omit({ category: true }) },
    /ProductUpdated\/category, as promised: is removed/,
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
    { ProductUpdated: changed(ProductUpdated, { price: z.number().min(0).max(90_000_000_000) }) },
    /ProductUpdated\/price, as promised: can now be a fraction/,
  ],
  'a time becomes a number': [
    { ProductDeleted: changed(eventSchemas.ProductDeleted, { updatedAt: z.int() }) },
    /ProductDeleted\/updatedAt, as accepted: can no longer be a string/,
  ],
  'a time loses its offset': [
    { ProductUpdated: changed(ProductUpdated, { updatedAt: z.iso.datetime() }) },
    /ProductUpdated\/updatedAt, as accepted: pattern was/,
  ],
  'a time becomes a date': [
    { ProductDeleted: changed(eventSchemas.ProductDeleted, { updatedAt: z.iso.date() }) },
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
    { ProductUpdated: changed(ProductUpdated, { price: z.int().min(-1).max(90_000_000_000) }) },
    /ProductUpdated\/price, as promised: minimum was 0, is -1/,
  ],
  'a length is limited': [
    {
      ProductSnapshotCompleted: changed(eventSchemas.ProductSnapshotCompleted, {
        snapshotId: z.string().max(36),
      }),
    },
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
    /CartCheckedOut\/items\/\*\/priceAtAdd, as promised: is removed/,
  ],
  'a list can no longer be empty': [
    { CartExpired: changed(CartExpired, { items: CartExpired.shape.items.min(1) }) },
    /CartExpired\/items, as accepted: minItems was absent, is 1/,
  ],
  'an object becomes a string': [
    { ProductRemovedFromCart: changed(ProductRemovedFromCart, { movedTo: z.string().optional() }) },
    /ProductRemovedFromCart\/movedTo, as accepted: can no longer be a object/,
  ],
  'the default changes': [
    { CartExpired: changed(CartExpired, { userId: z.string().nullable().default('nobody') }) },
    /CartExpired\/userId, as accepted: default was null, is "nobody"/,
  ],
  'unknown fields are rejected': [
    { ProductUpdated: z.strictObject(product) },
    /ProductUpdated, as accepted: unknown fields are no longer allowed/,
  ],
  'an event type is removed': [
    { InventoryReserved: undefined },
    /InventoryReserved, as promised: the type is removed/,
  ],
  'an event type is renamed': [
    {
      CartExpired: undefined,
      CartAbandoned: changed(CartExpired, { eventType: z.literal('CartAbandoned') }),
    },
    /CartExpired, as accepted: the type is removed/,
  ],
  'an event has the name of another type': [
    { CartExpired: changed(CartExpired, { eventType: z.literal('CartAbandoned') }) },
    /CartExpired\/eventType, as promised: can now be "CartAbandoned"/,
  ],
};

/** Compatible edits of events.ts. */
export const compatible: Readonly<Record<string, Edit>> = {
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
  'a new event type': {
    ProductPraised: z.object({ eventType: z.literal('ProductPraised'), productId: product.productId }),
  },
  'a new field with a default': {
    InventoryReserved: changed(eventSchemas.InventoryReserved, { warehouse: z.string().default('main') }),
  },
  'a field becomes optional for producers': {
    ProductUpdated: changed(ProductUpdated, { updatedAt: product.updatedAt.optional() }),
  },
};

/** Edits of events.ts that change no schema. */
export const equivalent: Readonly<Record<string, Edit>> = {
  'another description': {
    ProductUpdated: changed(ProductUpdated, { name: product.name.describe('Display name') }),
  },
  'another order of fields': {
    ProductUpdated: z.object(Object.fromEntries(Object.entries(product).toReversed())),
  },
  'alternatives instead of a list of types': {
    CartExpired: changed(CartExpired, {
      userId: z.union([z.null(), z.string()]).default(null),
    }),
  },
};
