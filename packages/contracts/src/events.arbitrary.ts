import * as fc from 'fast-check';
import type { EventOf, EventType } from './events.ts';

const id = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 50 })
  .filter((text) => /^[^\p{C}/]+$/u.test(text));
const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => text.isWellFormed());
const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const positive = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const price = fc.nat({ max: 1_000_000_000 });
const currency = fc.stringMatching(/^[A-Z]{3}$/);
const time = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date) => date.toISOString());

const envelope = { eventId: text, schemaVersion: fc.nat() };

const productState = {
  productId: id,
  name: text,
  price,
  currency,
  inventory: count,
  updatedAt: time,
  version: positive,
};

const cartLineChange = {
  cartId: id,
  userId: fc.option(text),
  productId: id,
  priceAtAdd: price,
  qty: positive,
  timestamp: time,
  cartVersion: positive,
};

const movedLine = fc.record({ cartId: id, cartVersion: positive });

const closedCart = {
  cartId: id,
  userId: fc.option(text),
  items: fc.array(fc.record({ productId: id, qty: positive, priceAtAdd: price }), { maxLength: 5 }),
  totalAmount: count,
  currency: fc.option(currency),
  timestamp: time,
  cartVersion: positive,
};

/** Generators of every event, as a consumer receives it: with and without what is optional. */
export const eventArbitraries: { readonly [T in EventType]: fc.Arbitrary<EventOf<T>> } = {
  ProductCreated: event('ProductCreated', productState, { ...envelope, category: text }),
  ProductUpdated: event('ProductUpdated', productState, {
    ...envelope,
    category: text,
    reserved: fc.array(fc.record({ cartId: id, qty: positive, cartVersion: positive }), { maxLength: 3 }),
  }),
  ProductSnapshot: event('ProductSnapshot', productState, { ...envelope, category: text, snapshotId: text }),
  ProductDeleted: event('ProductDeleted', { productId: id, version: positive, updatedAt: time }, envelope),
  ProductSnapshotCompleted: event(
    'ProductSnapshotCompleted',
    { snapshotId: text, productCount: count, timestamp: time },
    envelope,
  ),
  InventoryReservationRejected: event(
    'InventoryReservationRejected',
    {
      cartId: id,
      productId: id,
      requestedQty: count,
      availableQty: count,
      cartVersion: positive,
      timestamp: time,
    },
    { ...envelope, productVersion: positive },
  ),
  InventoryReserved: event(
    'InventoryReserved',
    { cartId: id, productId: id, qty: positive, cartVersion: positive, timestamp: time },
    envelope,
  ),
  ProductAddedToCart: event('ProductAddedToCart', cartLineChange, {
    ...envelope,
    currency,
    lineQty: count,
    movedFrom: fc.array(movedLine, { maxLength: 3 }),
  }),
  ProductRemovedFromCart: event('ProductRemovedFromCart', cartLineChange, {
    ...envelope,
    currency,
    lineQty: count,
    movedFrom: fc.array(movedLine, { maxLength: 3 }),
    movedTo: movedLine,
  }),
  CartCheckedOut: event('CartCheckedOut', closedCart, envelope),
  CartExpired: event('CartExpired', closedCart, envelope),
  ProductSnapshotRequested: event(
    'ProductSnapshotRequested',
    { requestId: id, timestamp: time },
    { ...envelope, cursor: text, publishedCount: count },
  ),
};

type Arbitraries<F> = { [K in keyof F]: fc.Arbitrary<F[K]> };

function event<T extends EventType, R extends object, O extends object>(
  eventType: T,
  required: Arbitraries<R>,
  optional: Arbitraries<O>,
) {
  return fc
    .tuple(fc.record(required), fc.record(optional, { requiredKeys: [] }))
    .map(([must, may]) => ({ eventType, ...must, ...may }));
}
