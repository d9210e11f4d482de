import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addItem, type Cart, openCart, setQuantity } from './cart.ts';
import type { Catalog, CatalogEntry } from './catalog.ts';
import { checkOut, expireCart, RESERVATION_PENDING } from './checkout.ts';
import { at, cartWith, catalogOf, product, refusalOf, withRejected, withReserved } from './testing.ts';

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

test('sells the lines at the prices that they show, by one event, and closes the cart', () => {
  const { state, events } = sell(reserved);
  const { version } = reserved;
  assert.deepEqual(state, {
    ...reserved,
    status: 'checkedOut',
    version: version + 1,
    updatedAt: at(5).now,
    expiresAt: at(5).expiresAt,
  });
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

/** What stands in the way of selling one line, and what the refusal then shows of it. */
const obstacles: readonly [string, Cart, CatalogEntry | undefined, object][] = [
  [
    'a higher price',
    reserved,
    product('p', { price: 2000 }),
    { currentPrice: 2000, priceChanged: true, availability: 'available', availableQty: 5_002 },
  ],
  [
    'a lower price',
    reserved,
    product('p', { price: 1998 }),
    { currentPrice: 1998, priceChanged: true, availability: 'available', availableQty: 5_002 },
  ],
  [
    'the same price in another currency',
    reserved,
    product('p', { currency: 'EUR' }),
    { currentPrice: 1999, priceChanged: true, availability: 'available', availableQty: 5_002 },
  ],
  [
    'a rejection',
    withReserved(withRejected(pending, 'p'), ['q']),
    product('p', { updatedAt: at(1).now }),
    { currentPrice: 1999, priceChanged: false, availability: 'insufficient', availableQty: 1 },
  ],
  [
    'a deleted product',
    reserved,
    { productId: 'p', version: 9, deleted: true },
    { currentPrice: 1999, priceChanged: false, availability: 'unavailable', availableQty: 0 },
  ],
  [
    'a product that nobody told of',
    reserved,
    undefined,
    { currentPrice: 1999, priceChanged: false, availability: 'unavailable', availableQty: 0 },
  ],
];

for (const [what, cart, entry, shown] of obstacles) {
  test(`is refused with the lines that stand in the way, and those alone: ${what}`, () => {
    const line = { productId: 'p', name: 'Product p', qty: 2, priceAtAdd: 1999, ...shown };
    assert.deepEqual(
      refusalOf(() => sell(cart, catalogOf(gadget, ...(entry ? [entry] : [])))),
      { kind: 'conflict', code: 'lines-changed', details: { lines: [line] } },
    );
  });
}

test('every line that stands in the way is named', () => {
  const refusal = refusalOf(() => sell(reserved, catalogOf(product('p', { price: 1 }))));
  const lines = refusal.details?.['lines'] as readonly { productId: string }[];
  assert.deepEqual(
    lines.map(({ productId }) => productId),
    ['p', 'q'],
  );
});

test('waits for the answer to each line: one that is missing, or was asked anew, is worth another try', () => {
  const { state: asksAnew } = setQuantity(reserved, 'p', () => widget, 3, at(3));
  for (const cart of [pending, withReserved(pending, ['p']), withReserved(pending, ['q']), asksAnew]) {
    assert.deepEqual(
      refusalOf(() => sell(cart)),
      { kind: 'unavailable', code: RESERVATION_PENDING, details: { retryAfterSeconds: 1 } },
    );
  }
  assert.equal(sell(withReserved(asksAnew)).state.status, 'checkedOut');
});

test('what stands in the way is said at once, without waiting for answers', () => {
  const refusal = refusalOf(() => sell(withRejected(pending, 'p')));
  assert.equal(refusal.code, 'lines-changed');
});

test('a line that holds its stock is sold, also when none is left', () => {
  const soldOut = catalogOf(product('p', { inventory: 0 }), product('q', { price: 100, inventory: 0 }));
  assert.equal(sell(reserved, soldOut).state.status, 'checkedOut');
});

test('an empty cart is not sold', () => {
  assert.deepEqual(
    refusalOf(() => sell(empty)),
    { kind: 'conflict', code: 'cart-empty', details: { lines: [] } },
  );
});

test('again, it stays as it was sold, whatever the catalog says since', () => {
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
        refusalOf(() => sell({ ...cart, status })),
        { kind: 'conflict', code: 'cart-closed' },
      );
    }
  }
});

test('expiry of an open cart tells its lines, behind its last version', () => {
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
