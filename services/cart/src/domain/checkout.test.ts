import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addItem, type Cart, openCart, setQuantity } from './cart.ts';
import type { Catalog, CatalogEntry } from './catalog.ts';
import { type AgreedTotal, checkOut, expireCart, RESERVATION_PENDING } from './checkout.ts';
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
const sell = (cart: Cart, catalogNow: Catalog = catalog) => checkOut(cart, catalogNow, at(5));

test('checks the lines out at the prices that they show, by one event, and closes the cart', () => {
  const { state, events } = sell(reserved);
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

/** What stands in the way of selling one line, and what the error then shows of it. */
const obstacles: readonly [string, Cart, CatalogEntry | undefined, object][] = [
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
    'a product that the synchronised catalog does not know, and of which nothing is held',
    withReserved(withRejected(pending, 'p'), ['q']),
    undefined,
    { currentPrice: 1999, priceChanged: false, availability: 'insufficient', availableQty: 1, hold: 'none' },
  ],
];

for (const [what, cart, entry, shown] of obstacles) {
  test(`is rejected with the lines that stand in the way, and those alone: ${what}`, () => {
    const line = { productId: 'p', name: 'Product p', qty: 2, priceAtAdd: 1999, ...shown };
    assert.deepEqual(
      errorOf(() => sell(cart, catalogOf(gadget, ...(entry ? [entry] : [])))),
      { kind: 'conflict', code: 'lines-changed', details: { lines: [line] } },
    );
  });
}

test('every line that stands in the way is named', () => {
  const error = errorOf(() =>
    sell(reserved, catalogOf(product('p', { price: 1 }), product('q', { price: 1 }))),
  );
  const lines = error.details?.['lines'] as readonly { productId: string }[];
  assert.deepEqual(
    lines.map(({ productId }) => productId),
    ['p', 'q'],
  );
});

test('waits for the confirmation of each line: one that is missing, expired or requested anew is worth another try', () => {
  const { state: asksAnew } = setQuantity(reserved, 'p', catalog, 3, at(3));
  const expired = withExpired(reserved, 'q');
  for (const cart of [
    pending,
    withReserved(pending, ['p']),
    withReserved(pending, ['q']),
    asksAnew,
    expired,
  ]) {
    assert.deepEqual(
      errorOf(() => sell(cart)),
      { kind: 'unavailable', code: RESERVATION_PENDING, details: { retryAfterSeconds: 1 } },
    );
  }
  assert.equal(sell(withReserved(asksAnew)).state.status, 'checkedOut');
});

test('what stands in the way is reported at once, without waiting for responses', () => {
  const error = errorOf(() => sell(withRejected(pending, 'p')));
  assert.equal(error.code, 'lines-changed');
});

test('a line that holds its stock is sold, also when none is left', () => {
  const soldOut = catalogOf(product('p', { inventory: 0 }), product('q', { price: 100, inventory: 0 }));
  assert.equal(sell(reserved, soldOut).state.status, 'checkedOut');
});

test('core 8: a decrease of a held line is checked out at once, without Product', () => {
  const { state: lowered } = setQuantity(reserved, 'p', catalog, 1, at(3));
  assert.equal(sell(lowered).state.status, 'checkedOut');
});

test('a hold that is about to expire is not checked out, unless this checkout has just had it confirmed', () => {
  const heldUntil = at(6).now;
  const both = respond(
    pending,
    confirmationOf(pending, 'p', { heldUntil }),
    confirmationOf(pending, 'q'),
  ).state;
  const withHolds = (renewBefore: string, ...awaited: string[]) =>
    checkOut(both, catalog, at(5), { holds: { renewBefore, awaited: new Set(awaited) } });
  assert.equal(withHolds(at(5).now).state.status, 'checkedOut');
  assert.equal(errorOf(() => withHolds(at(6).now)).code, RESERVATION_PENDING);
  assert.equal(errorOf(() => withHolds(at(6).now, 'q')).code, RESERVATION_PENDING);
  assert.equal(withHolds(at(6).now, 'p').state.status, 'checkedOut');
});

test('core 6: a total that the shopper did not see is not checked out, and the lines show why', () => {
  const sellAgreed = (agreed: AgreedTotal) => checkOut(reserved, catalog, at(5), { agreed });
  for (const agreed of [{ totalAmount: 4097 }, { currency: 'EUR' }, { totalAmount: 4098, currency: 'EUR' }]) {
    const { kind, code, details } = errorOf(() => sellAgreed(agreed));
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
  for (const agreed of [{}, { totalAmount: 4098 }, { totalAmount: 4098, currency: 'USD' }])
    assert.equal(sellAgreed(agreed).state.status, 'checkedOut');
});

test('core 11: while the catalog is being filled, an unknown product is worth another try, also a held one', () => {
  const filling = { ...catalogOf(gadget), isSynchronised: false };
  for (const cart of [reserved, pending]) {
    assert.deepEqual(
      errorOf(() => sell(cart, filling)),
      { kind: 'unavailable', code: 'catalog-not-synchronised', details: { retryAfterSeconds: 1 } },
    );
  }
  assert.equal(sell(reserved, catalogOf(gadget)).state.status, 'checkedOut', 'later it keeps its own price');
});

test('a quantity that returned to the held units is confirmed before it is checked out', () => {
  const { state: wanted } = setQuantity(reserved, 'p', catalog, 5, at(3));
  const short = respond(wanted, rejectionOf(wanted, 'p', { availableQty: 2, keptQty: 2 })).state;
  assert.equal(errorOf(() => sell(short)).code, 'lines-changed');
  assert.equal(sell(setQuantity(short, 'p', catalog, 2, at(4)).state).state.status, 'checkedOut');
});

test('an empty cart is not sold', () => {
  assert.deepEqual(
    errorOf(() => sell(empty)),
    { kind: 'conflict', code: 'cart-empty', details: { lines: [] } },
  );
});

test('a repeated checkout returns the order as it was sold, whatever the catalog is now', () => {
  const { state: sold } = sell(reserved);
  for (const since of [catalog, catalogOf(), catalogOf(product('p', { price: 1 }))]) {
    const again = checkOut(sold, since, at(6));
    assert.equal(again.state, sold);
    assert.deepEqual(again.events, []);
  }
});

test('a cart that was closed otherwise is not sold', () => {
  for (const status of ['merged', 'deleted'] as const) {
    for (const cart of [reserved, empty]) {
      assert.deepEqual(
        errorOf(() => sell({ ...cart, status })),
        { kind: 'conflict', code: 'cart-closed' },
      );
    }
  }
});

test('the expiry of an open cart publishes its lines, behind its last version', () => {
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
