import * as fc from 'fast-check';
import type { EventOf, EventType } from './events.ts';

const id = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 50 })
  .filter((text) => /^[^\p{C}/]+$/u.test(text))
  .map((text) => text.normalize());
const text = fc
  .string({ unit: 'binary', maxLength: 40 })
  .filter((text) => text.isWellFormed())
  .map((text) => text.normalize());
const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const positive = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const version = fc.integer({ min: 1, max: 1_000_000_000_000 });
const cartVersion = fc.integer({ min: 1, max: 1_000_000_000 });
const price = fc.nat({ max: 90_000_000_000 });
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
  version,
};

const productOptions = {
  category: text,
  onHand: count,
  held: count,
  maxPerCart: positive,
  incarnation: version,
};

const responseOptions = { productVersion: version, revision: version };

const cartLineChange = {
  cartId: id,
  userId: fc.option(text),
  productId: id,
  priceAtAdd: price,
  qty: positive,
  timestamp: time,
  cartVersion,
};

const movedLine = fc.record({ cartId: id, cartVersion });
const movedFrom = fc.array(movedLine, { maxLength: 3 });

const closedCart = {
  cartId: id,
  userId: fc.option(text),
  items: fc.array(fc.record({ productId: id, qty: positive, priceAtAdd: price }), { maxLength: 5 }),
  totalAmount: count,
  currency: fc.option(currency),
  timestamp: time,
  cartVersion,
};

/** Generators of every event as a consumer receives it, with and without its optional fields. */
export const eventArbitraries: { readonly [T in EventType]: fc.Arbitrary<EventOf<T>> } = {
  ProductCreated: event('ProductCreated', productState, { ...envelope, ...productOptions }),
  ProductUpdated: event('ProductUpdated', productState, {
    ...envelope,
    ...productOptions,
    reserved: fc.array(
      fc.record(
        { cartId: id, qty: positive, cartVersion, heldUntil: time, revision: version },
        { requiredKeys: ['cartId', 'qty', 'cartVersion'] },
      ),
      { maxLength: 3 },
    ),
  }),
  ProductSnapshot: event('ProductSnapshot', productState, {
    ...envelope,
    ...productOptions,
    snapshotId: text,
  }),
  ProductEdited: event(
    'ProductEdited',
    {
      productId: id,
      name: text,
      price,
      currency,
      previousName: text,
      previousPrice: price,
      previousCurrency: currency,
      version,
      timestamp: time,
    },
    envelope,
  ),
  ProductDeleted: event('ProductDeleted', { productId: id, version, updatedAt: time }, envelope),
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
      cartVersion,
      timestamp: time,
    },
    { ...envelope, ...responseOptions, keptQty: count, heldUntil: time },
  ),
  InventoryReservationExpired: event(
    'InventoryReservationExpired',
    { cartId: id, productId: id, qty: positive, cartVersion, timestamp: time },
    { ...envelope, ...responseOptions },
  ),
  InventoryShort: event(
    'InventoryShort',
    { cartId: id, productId: id, qty: positive, missingQty: positive, timestamp: time },
    { ...envelope, cartVersion },
  ),
  InventoryReserved: event(
    'InventoryReserved',
    { cartId: id, productId: id, qty: positive, cartVersion, timestamp: time },
    { ...envelope, ...responseOptions, heldUntil: time },
  ),
  ProductAddedToCart: event('ProductAddedToCart', cartLineChange, {
    ...envelope,
    currency,
    lineQty: count,
    movedFrom,
    opensCart: fc.boolean(),
  }),
  ProductRemovedFromCart: event('ProductRemovedFromCart', cartLineChange, {
    ...envelope,
    currency,
    lineQty: count,
    movedFrom,
    movedTo: movedLine,
  }),
  CartCheckedOut: event('CartCheckedOut', closedCart, envelope),
  CartExpired: event('CartExpired', closedCart, envelope),
  InventoryReservationRequested: event(
    'InventoryReservationRequested',
    {
      cartId: id,
      userId: fc.option(text),
      items: fc.array(
        fc.record({ productId: id, qty: positive, movedFrom }, { requiredKeys: ['productId', 'qty'] }),
        { minLength: 1, maxLength: 4 },
      ),
      timestamp: time,
      cartVersion,
    },
    envelope,
  ),
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
    .map(([fields, optionalFields]) => ({ eventType, ...fields, ...optionalFields }));
}
