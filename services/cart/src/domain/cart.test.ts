import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import type { EventOf, NewEvent } from '@tandem/contracts/events';
import {
  addItem,
  type Cart,
  type CartDecision,
  deleteCart,
  openCart,
  removeItem,
  setQuantity,
  totalOf,
} from './cart.ts';
import { expireCart } from './checkout.ts';
import { markRejected, markReserved } from './reservation.ts';
import { attainableQty } from './line.ts';
import type { CatalogProduct } from './catalog.ts';

const at = (minute: number) => ({
  now: `2026-02-14T15:0${minute}:00.000Z`,
  expiresAt: `2026-02-21T15:0${minute}:00.000Z`,
});
const product = (productId: string, other: Partial<CatalogProduct> = {}): CatalogProduct => ({
  productId,
  version: 1,
  name: `Product ${productId}`,
  price: 1999,
  currency: 'USD',
  inventory: 5_000,
  updatedAt: at(0).now,
  ...other,
});
const widget = product('p');
const noProduct = (): never => assert.fail('the catalog must not be asked');

const { state: empty } = openCart('cart-abc', 'user-123', at(0));
const { state: two } = addItem(empty, widget, 2, at(1));
const rejection = (cartVersion: number, productId = 'p') =>
  ({
    eventType: 'InventoryReservationRejected',
    cartId: 'cart-abc',
    productId,
    requestedQty: 2,
    availableQty: 1,
    cartVersion,
    timestamp: at(2).now,
  }) as const satisfies EventOf<'InventoryReservationRejected'>;
const { state: rejected } = markRejected(two, rejection(2));
const confirmation = (cartVersion: number, productId = 'p') =>
  ({
    eventType: 'InventoryReserved',
    cartId: 'cart-abc',
    productId,
    qty: 2,
    cartVersion,
    timestamp: at(2).now,
  }) as const satisfies EventOf<'InventoryReserved'>;
const { state: reserved } = markReserved(two, confirmation(2));

function refuses(code: string, details?: object) {
  return (error: unknown) => {
    assert.ok(error instanceof DomainError);
    assert.deepEqual([error.kind, error.code], ['conflict', code]);
    if (details) assert.deepEqual(error.details, details);
    return true;
  };
}

/** What is told of one line: type, change, quantity after it, cart's version. */
function told({ events }: Pick<CartDecision, 'events'>) {
  return events.map((event: NewEvent) =>
    'lineQty' in event
      ? [event.eventType, event.productId, event.qty, event.lineQty, event.cartVersion]
      : event.eventType,
  );
}

const qtyOf = ({ lines }: Cart, productId = 'p') =>
  lines.find((line) => line.productId === productId)?.qty ?? 0;

/** Nothing is written and nothing told. */
function assertUnchanged(decision: CartDecision, cart: Cart): void {
  assert.equal(decision.state, cart);
  assert.deepEqual(decision.events, []);
}

test('opens empty at version 1, without a currency or an event', () => {
  const { state, events } = openCart('c', null, at(0));
  assert.deepEqual(state, {
    cartId: 'c',
    userId: null,
    status: 'open',
    currency: null,
    lines: [],
    version: 1,
    updatedAt: at(0).now,
    expiresAt: at(0).expiresAt,
  });
  assert.deepEqual(events, []);
});

test('adding tells the change, the quantity after it, the price, the currency and the version', () => {
  const { state, events } = addItem(two, widget, 3, at(2));
  assert.deepEqual(events, [
    {
      eventType: 'ProductAddedToCart',
      cartId: 'cart-abc',
      userId: 'user-123',
      productId: 'p',
      priceAtAdd: 1999,
      currency: 'USD',
      qty: 3,
      lineQty: 5,
      timestamp: at(2).now,
      cartVersion: 3,
    },
  ]);
  assert.deepEqual(
    [state.version, state.currency, state.updatedAt, state.expiresAt],
    [3, 'USD', at(2).now, at(2).expiresAt],
  );
});

test('setting tells an added or a removed quantity, always positive, and 0 removes the line', () => {
  assert.deepEqual(told(setQuantity(two, 'p', () => widget, 7, at(2))), [
    ['ProductAddedToCart', 'p', 5, 7, 3],
  ]);
  assert.deepEqual(told(setQuantity(two, 'p', noProduct, 1, at(2))), [
    ['ProductRemovedFromCart', 'p', 1, 1, 3],
  ]);
  const removed = setQuantity(two, 'p', noProduct, 0, at(2));
  assert.deepEqual(told(removed), [['ProductRemovedFromCart', 'p', 2, 0, 3]]);
  assert.deepEqual(removed.state.lines, []);
});

test('setting what the line has, and removing what is not there, changes nothing', () => {
  assertUnchanged(setQuantity(reserved, 'p', noProduct, 2, at(2)), reserved);
  assertUnchanged(setQuantity(two, 'q', noProduct, 0, at(2)), two);
  assertUnchanged(removeItem(two, 'q', at(2)), two);
  assertUnchanged(removeItem(empty, 'p', at(2)), empty);
});

test('removing the last line frees the cart for another currency; the event still names the one it was in', () => {
  const { state, events } = removeItem(two, 'p', at(2));
  assert.deepEqual([state.currency, state.lines, state.version], [null, [], 3]);
  const [event] = events;
  assert.equal(event && 'currency' in event && event.currency, 'USD');
  assert.equal(addItem(state, product('e', { currency: 'EUR' }), 1, at(3)).state.currency, 'EUR');
});

test('a line keeps the price and its place; the total is at the prices of adding', () => {
  const { state: three } = addItem(two, product('q', { price: 100 }), 1, at(2));
  const { state, events } = addItem(three, { ...widget, price: 2999 }, 1, at(3));
  assert.deepEqual(
    state.lines.map(({ productId, qty, priceAtAdd }) => [productId, qty, priceAtAdd]),
    [
      ['p', 3, 1999],
      ['q', 1, 100],
    ],
  );
  assert.equal(totalOf(state), 3 * 1999 + 100);
  assert.deepEqual(
    events.map((event) => 'priceAtAdd' in event && event.priceAtAdd),
    [1999],
  );
});

test('a cart has one currency', () => {
  const euro = product('e', { currency: 'EUR' });
  assert.throws(() => addItem(two, euro, 1, at(2)), refuses('currency-mismatch'));
  assert.throws(() => setQuantity(two, 'e', () => euro, 1, at(2)), refuses('currency-mismatch'));
});

test('a line has at most 999 units', () => {
  const { state: full } = addItem(two, widget, 997, at(2));
  assert.equal(qtyOf(full), 999);
  const beyond = refuses('quantity-limit', { qty: 999, limit: 999 });
  assert.throws(() => addItem(full, widget, 1, at(3)), beyond);
  assert.throws(() => setQuantity(full, 'p', () => widget, 1_000, at(3)), beyond);
});

test('a cart has at most 100 lines, whose quantities may still grow', () => {
  const ids = Array.from({ length: 100 }, (_, i) => `p${i}`);
  const full = ids.reduce((cart, id) => addItem(cart, product(id), 1, at(1)).state, empty);
  assert.equal(full.lines.length, 100);
  assert.throws(() => addItem(full, product('p100'), 1, at(2)), refuses('too-many-lines'));
  assert.equal(qtyOf(addItem(full, product('p99'), 1, at(2)).state, 'p99'), 2);
});

test('what the catalog shows to be impossible is refused; what the line holds counts as available', () => {
  const last = product('p', { inventory: 1 });
  assert.equal(qtyOf(addItem(two, last, 1, at(2)).state), 3);
  const insufficient = refuses('insufficient-stock', { availableQty: 3 });
  assert.throws(() => addItem(two, last, 2, at(2)), insufficient);
  assert.throws(() => setQuantity(two, 'p', () => last, 4, at(2)), insufficient);
  assert.deepEqual(
    [two, rejected, empty].map(({ lines }) => attainableQty(lines[0], last)),
    [3, 1, 1],
    'a rejected line holds nothing',
  );
});

test('a rejection marks the line it is about, once, as a new version and without an event', () => {
  assert.deepEqual(rejected.lines[0]?.rejected, { availableQty: 1, at: at(2).now });
  assert.deepEqual([rejected.version, rejected.expiresAt], [3, two.expiresAt]);
  assertUnchanged(markRejected(rejected, rejection(2)), rejected);
});

test('a confirmation marks the line it is about, once, until its quantity changes', () => {
  assert.equal(reserved.lines[0]?.reserved, true);
  assert.deepEqual([reserved.version, reserved.expiresAt], [3, two.expiresAt]);
  assertUnchanged(markReserved(reserved, confirmation(2)), reserved);
  const { state: both } = markRejected(reserved, rejection(2));
  assert.deepEqual(both.lines, rejected.lines, 'a no is believed, whatever came before');
  assertUnchanged(markReserved(rejected, confirmation(2)), rejected);
  assertUnchanged(markReserved(two, confirmation(1)), two);
  for (const qty of [1, 3]) {
    const { state } = setQuantity(reserved, 'p', () => widget, qty, at(3));
    assert.equal(state.lines[0]?.reserved, undefined);
  }
});

test('a line of which Product has said nothing is asked for again by its own quantity', () => {
  const { state, events } = setQuantity(two, 'p', () => widget, 2, at(2));
  assert.deepEqual(told({ events }), [['ProductAddedToCart', 'p', 2, 2, 3]]);
  assert.equal(state.lines[0]?.changedAt, 3);
});

test('a rejection of an older change, an unknown line or a closed cart says nothing', () => {
  const { state: changed } = setQuantity(two, 'p', noProduct, 1, at(2));
  assertUnchanged(markRejected(changed, rejection(2)), changed);
  const { state: other } = addItem(two, product('q'), 1, at(2));
  assert.ok(markRejected(other, rejection(2)).state.lines[0]?.rejected, 'another line changed, this one not');
  assertUnchanged(markRejected(other, rejection(3)), other);
  assertUnchanged(markRejected(two, rejection(2, 'q')), two);
  for (const status of ['checkedOut', 'merged'] as const) {
    const closed = { ...two, status };
    assertUnchanged(markRejected(closed, rejection(2)), closed);
  }
});

test('a rejected line asks again, for as much, more or less, and is then no longer marked', () => {
  const asked = (qty: number) => setQuantity(rejected, 'p', () => widget, qty, at(3));
  assert.deepEqual(told(asked(2)), [['ProductAddedToCart', 'p', 2, 2, 4]]);
  assert.deepEqual(told(asked(3)), [['ProductAddedToCart', 'p', 1, 3, 4]]);
  assert.deepEqual(told(asked(1)), [['ProductRemovedFromCart', 'p', 1, 1, 4]]);
  for (const qty of [1, 2, 3]) {
    const [line] = asked(qty).state.lines;
    assert.deepEqual([line?.qty, line?.rejected, line?.changedAt], [qty, undefined, 4]);
  }
  const scarce = () => product('p', { inventory: 1 });
  assert.throws(() => setQuantity(rejected, 'p', scarce, 2, at(3)), refuses('insufficient-stock'));
});

test('deleting returns every line and closes the cart for good', () => {
  const { state: three } = addItem(two, product('q'), 1, at(2));
  const { state, events } = deleteCart(three, at(3));
  assert.deepEqual(told({ events }), [
    ['ProductRemovedFromCart', 'p', 2, 0, 4],
    ['ProductRemovedFromCart', 'q', 1, 0, 4],
  ]);
  assert.deepEqual([state.status, state.lines, state.version], ['deleted', [], 4]);
  assert.deepEqual(expireCart(state), []);
  assert.throws(() => addItem(state, widget, 1, at(4)), refuses('cart-closed'));
  assert.throws(() => deleteCart({ ...two, status: 'checkedOut' }, at(3)), refuses('cart-closed'));
});

test('a cart that is closed does not change', () => {
  const closed: Cart = { ...two, status: 'checkedOut' };
  for (const change of [
    () => addItem(closed, widget, 1, at(2)),
    () => setQuantity(closed, 'p', () => widget, 1, at(2)),
    () => setQuantity(closed, 'p', () => widget, 9, at(2)),
    () => removeItem(closed, 'p', at(2)),
    () => removeItem(closed, 'q', at(2)),
  ])
    assert.throws(change, refuses('cart-closed'));
});

test('expiry of an open cart tells its lines, behind its last version', () => {
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
  assert.deepEqual(expireCart({ ...two, status: 'checkedOut' }), []);
});
