import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addItem, type Cart, openCart, setQuantity } from './cart.ts';
import type { Catalog, CatalogEntry } from './catalog.ts';
import { type ExpectedTotal, checkOut, expireCart, RESERVATION_PENDING } from './checkout.ts';
import { at, cartWith, catalogOf, confirmationOf, errorOf, product, rejectionOf } from './testing.ts';
import { respond, withExpired, withRejected, withReserved } from './testing.ts';

const widget = product('p');
const gadget = product('q', { price: 100 });
const catalog = catalogOf(widget, gadget);
const pending = cartWith('cart-abc', [
  [widget, 2],
  [gadget, 1],
]);
const reserved = withReserved(pending);
const { state: empty } = openCart('cart-abc', 'user-123', at(0));
const checkOutCart = (cart: Cart, currentCatalog: Catalog = catalog) => checkOut(cart, currentCatalog, at(5));

test('a checkout publishes the lines at their prices in one event, and closes the cart', () => {
  const { state, events } = checkOutCart(reserved);
  const { version, expiresAt: _, ...order } = reserved;
  assert.deepEqual(
    state,
    { ...order, status: 'checkedOut', version: version + 1, updatedAt: at(5).now, checkedOutAt: at(5).now },
    'core 5: an order does not expire',
  );
  assert.deepEqual(events, [
    {
      eventType: 'CartCheckedOut',
      cartId: 'cart-abc',
      userId: 'user-123',
      items: [
        { productId: 'p', qty: 2, priceAtAdd: 1999 },
        { productId: 'q', qty: 1, priceAtAdd: 100 },
      ],
      totalAmount: 4098,
      currency: 'USD',
      timestamp: at(5).now,
      cartVersion: version + 1,
    },
  ]);
});

/** Reasons that prevent the checkout of a line, and the fields of the line in the error. */
const obstacles: readonly [reason: string, Cart, CatalogEntry | undefined, fields: object][] = [
  [
    'a higher price',
    reserved,
    product('p', { price: 2000 }),
    { currentPrice: 2000, priceChanged: true, availability: 'available', availableQty: 5_002, hold: 'held' },
  ],
  [
    'a lower price',
    reserved,
    product('p', { price: 1998 }),
    { currentPrice: 1998, priceChanged: true, availability: 'available', availableQty: 5_002, hold: 'held' },
  ],
  [
    'the same price in another currency',
    reserved,
    product('p', { currency: 'EUR' }),
    {
      currentPrice: 1999,
      currentCurrency: 'EUR',
      priceChanged: true,
      availability: 'available',
      availableQty: 5_002,
      hold: 'held',
    },
  ],
  [
    'a rejection',
    withReserved(withRejected(pending, 'p'), ['q']),
    product('p'),
    { currentPrice: 1999, priceChanged: false, availability: 'insufficient', availableQty: 1, hold: 'none' },
  ],
  [
    'a deleted product',
    reserved,
    { productId: 'p', version: 9, deleted: true },
    { currentPrice: 1999, priceChanged: false, availability: 'unavailable', availableQty: 0, hold: 'none' },
  ],
  [
    'a product that the synchronised catalog does not have, without a hold',
    withReserved(withRejected(pending, 'p'), ['q']),
    undefined,
    { currentPrice: 1999, priceChanged: false, availability: 'insufficient', availableQty: 1, hold: 'none' },
  ],
];

for (const [reason, cart, entry, fields] of obstacles) {
  test(`a checkout is rejected with only the affected lines: ${reason}`, () => {
    const line = { productId: 'p', name: 'Product p', qty: 2, priceAtAdd: 1999, ...fields };
    assert.deepEqual(
      errorOf(() => checkOutCart(cart, catalogOf(gadget, ...(entry ? [entry] : [])))),
      { kind: 'conflict', code: 'lines-changed', details: { lines: [line] } },
    );
  });
}

test('a rejected checkout reports every affected line', () => {
  const error = errorOf(() =>
    checkOutCart(reserved, catalogOf(product('p', { price: 1 }), product('q', { price: 1 }))),
  );
  const lines = error.details?.['lines'] as readonly { productId: string }[];
  assert.deepEqual(
    lines.map(({ productId }) => productId),
    ['p', 'q'],
  );
});

test('a checkout is unavailable, to be retried, while the hold of a line is pending, missing or expired', () => {
  const { state: increased } = setQuantity(reserved, 'p', catalog, 3, at(3));
  const expired = withExpired(reserved, 'q');
  for (const cart of [
    pending,
    withReserved(pending, ['p']),
    withReserved(pending, ['q']),
    increased,
    expired,
  ]) {
    assert.deepEqual(
      errorOf(() => checkOutCart(cart)),
      { kind: 'unavailable', code: RESERVATION_PENDING, details: { retryAfterSeconds: 1 } },
    );
  }
  assert.equal(checkOutCart(withReserved(increased)).state.status, 'checkedOut');
});

test('a rejected line is reported without waiting for the pending lines', () => {
  const error = errorOf(() => checkOutCart(withRejected(pending, 'p')));
  assert.equal(error.code, 'lines-changed');
});

test('a held line can be checked out even if no stock is available', () => {
  const soldOut = catalogOf(product('p', { inventory: 0 }), product('q', { price: 100, inventory: 0 }));
  assert.equal(checkOutCart(reserved, soldOut).state.status, 'checkedOut');
});

test('core 8: a held line can be checked out immediately after a decrease', () => {
  const { state: lowered } = setQuantity(reserved, 'p', catalog, 1, at(3));
  assert.equal(checkOutCart(lowered).state.status, 'checkedOut');
});

test('a line whose hold is about to expire is not checked out, unless this checkout has just renewed it', () => {
  const heldUntil = at(6).now;
  const both = respond(
    pending,
    confirmationOf(pending, 'p', { heldUntil }),
    confirmationOf(pending, 'q'),
  ).state;
  const withHolds = (renewBefore: string, ...awaitedProductIds: string[]) =>
    checkOut(both, catalog, at(5), { holds: { renewBefore, awaitedProductIds: new Set(awaitedProductIds) } });
  assert.equal(withHolds(at(5).now).state.status, 'checkedOut');
  assert.equal(errorOf(() => withHolds(at(6).now)).code, RESERVATION_PENDING);
  assert.equal(errorOf(() => withHolds(at(6).now, 'q')).code, RESERVATION_PENDING);
  assert.equal(withHolds(at(6).now, 'p').state.status, 'checkedOut');
});

test('core 6: if the total differs from the expected one, the checkout is rejected with the lines', () => {
  const checkOutExpecting = (expected: ExpectedTotal) => checkOut(reserved, catalog, at(5), { expected });
  for (const expected of [
    { totalAmount: 4097 },
    { currency: 'EUR' },
    { totalAmount: 4098, currency: 'EUR' },
  ]) {
    const { kind, code, details } = errorOf(() => checkOutExpecting(expected));
    const { totalAmount, currency, lines } = details as {
      totalAmount: number;
      currency: string;
      lines: object[];
    };
    assert.deepEqual(
      [kind, code, totalAmount, currency, lines.length],
      ['conflict', 'total-changed', 4098, 'USD', 2],
    );
  }
  for (const expected of [{}, { totalAmount: 4098 }, { totalAmount: 4098, currency: 'USD' }])
    assert.equal(checkOutExpecting(expected).state.status, 'checkedOut');
});

test('core 11: while the catalog is incomplete, a checkout with an unknown product is unavailable, even if it is held', () => {
  const incomplete = { ...catalogOf(gadget), isSynchronised: false };
  for (const cart of [reserved, pending]) {
    assert.deepEqual(
      errorOf(() => checkOutCart(cart, incomplete)),
      { kind: 'unavailable', code: 'catalog-not-synchronised', details: { retryAfterSeconds: 1 } },
    );
  }
  assert.equal(
    checkOutCart(reserved, catalogOf(gadget)).state.status,
    'checkedOut',
    'a held line of an unknown product',
  );
});

test('a quantity that a rejection lowered must be confirmed before the checkout', () => {
  const { state: increased } = setQuantity(reserved, 'p', catalog, 5, at(3));
  const short = respond(increased, rejectionOf(increased, 'p', { availableQty: 2, keptQty: 2 })).state;
  assert.equal(errorOf(() => checkOutCart(short)).code, 'lines-changed');
  assert.equal(checkOutCart(setQuantity(short, 'p', catalog, 2, at(4)).state).state.status, 'checkedOut');
});

test('an empty cart cannot be checked out', () => {
  assert.deepEqual(
    errorOf(() => checkOutCart(empty)),
    { kind: 'conflict', code: 'cart-empty', details: { lines: [] } },
  );
});

test('a retried checkout returns the unchanged order, whatever the catalog is now', () => {
  const { state: order } = checkOutCart(reserved);
  for (const laterCatalog of [catalog, catalogOf(), catalogOf(product('p', { price: 1 }))]) {
    const retry = checkOut(order, laterCatalog, at(6));
    assert.equal(retry.state, order);
    assert.deepEqual(retry.events, []);
  }
});

test('a merged or deleted cart cannot be checked out', () => {
  for (const status of ['merged', 'deleted'] as const) {
    for (const cart of [reserved, empty]) {
      assert.deepEqual(
        errorOf(() => checkOutCart({ ...cart, status })),
        { kind: 'conflict', code: 'cart-closed' },
      );
    }
  }
});

test('the expiry of an open cart publishes its lines, with the version after its last one', () => {
  const two = addItem(empty, widget, 2, at(1)).state;
  assert.deepEqual(expireCart(two), [
    {
      eventType: 'CartExpired',
      cartId: 'cart-abc',
      userId: 'user-123',
      items: [{ productId: 'p', qty: 2, priceAtAdd: 1999 }],
      totalAmount: 3998,
      currency: 'USD',
      timestamp: at(1).expiresAt,
      cartVersion: 3,
    },
  ]);
  assert.deepEqual(expireCart(empty), []);
  for (const status of ['checkedOut', 'merged', 'deleted'] as const)
    assert.deepEqual(expireCart({ ...two, status }), []);
});
