import assert from 'node:assert/strict';
import { test } from 'node:test';
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
import { maxQuantity } from './line.ts';
import { at, catalogOf, product, errorOf, summaryOf, withRejected, withReserved } from './testing.ts';

const widget = product('p');
/** For decisions that do not need the catalog. */
const emptyCatalog = catalogOf();

const { state: empty } = openCart('cart-abc', 'user-123', at(0));
const { state: two } = addItem(empty, widget, 2, at(1));
const rejected = withRejected(two, 'p');
const reserved = withReserved(two);

function assertConflict(decide: () => unknown, code: string, details?: object): void {
  assert.deepEqual(errorOf(decide), { kind: 'conflict', code, ...(details && { details }) });
}

const qtyOf = ({ lines }: Cart, productId = 'p') =>
  lines.find((line) => line.productId === productId)?.qty ?? 0;

/** Asserts that nothing is written or published. */
function assertUnchanged(decision: CartDecision, cart: Cart): void {
  assert.equal(decision.state, cart);
  assert.deepEqual(decision.events, []);
}

test('a new cart is empty, at version 1, without a currency or an event', () => {
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

test('adding an item publishes the change, the quantity after it, the price, the currency and the version', () => {
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

test('setting a quantity publishes the added or removed units as a positive number; 0 removes the line', () => {
  assert.deepEqual(summaryOf(setQuantity(two, 'p', catalogOf(widget), 7, at(2))), [
    ['ProductAddedToCart', 'p', 5, 7, 3],
  ]);
  assert.deepEqual(summaryOf(setQuantity(two, 'p', emptyCatalog, 1, at(2))), [
    ['ProductRemovedFromCart', 'p', 1, 1, 3],
  ]);
  const removed = setQuantity(two, 'p', emptyCatalog, 0, at(2));
  assert.deepEqual(summaryOf(removed), [['ProductRemovedFromCart', 'p', 2, 0, 3]]);
  assert.deepEqual(removed.state.lines, []);
});

test('setting the current quantity of a held line, or removing a missing line, changes nothing', () => {
  assertUnchanged(setQuantity(reserved, 'p', emptyCatalog, 2, at(2)), reserved);
  assertUnchanged(setQuantity(two, 'q', emptyCatalog, 0, at(2)), two);
  assertUnchanged(removeItem(two, 'q', at(2)), two);
  assertUnchanged(removeItem(empty, 'p', at(2)), empty);
});

test('without lines a cart has no currency; the event of the last removal has the former one', () => {
  const { state, events } = removeItem(two, 'p', at(2));
  assert.deepEqual([state.currency, state.lines, state.version], [null, [], 3]);
  const [event] = events;
  assert.equal(event && 'currency' in event && event.currency, 'USD');
  assert.equal(addItem(state, product('e', { currency: 'EUR' }), 1, at(3)).state.currency, 'EUR');
});

test('a line keeps its price and position; the total is the sum at priceAtAdd', () => {
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
  assertConflict(() => addItem(two, euro, 1, at(2)), 'currency-mismatch');
  assertConflict(() => setQuantity(two, 'e', catalogOf(euro), 1, at(2)), 'currency-mismatch');
});

test('a line has at most 999 units', () => {
  const { state: full } = addItem(two, widget, 997, at(2));
  assert.equal(qtyOf(full), 999);
  const limit = { qty: 999, limit: 999 };
  assertConflict(() => addItem(full, widget, 1, at(3)), 'quantity-limit', limit);
  assertConflict(() => setQuantity(full, 'p', catalogOf(widget), 1_000, at(3)), 'quantity-limit', limit);
});

test('a line has at most maxPerCart units of its product', () => {
  const limited = product('p', { maxPerCart: 3 });
  assert.equal(qtyOf(addItem(two, limited, 1, at(2)).state), 3);
  assertConflict(() => addItem(two, limited, 2, at(2)), 'quantity-limit', { qty: 2, limit: 3 });
  assertConflict(() => setQuantity(two, 'p', catalogOf(limited), 4, at(2)), 'quantity-limit', {
    qty: 2,
    limit: 3,
  });
});

test('a cart has at most 100 lines; their quantities may still grow', () => {
  const ids = Array.from({ length: 100 }, (_, i) => `p${i}`);
  const full = ids.reduce((cart, id) => addItem(cart, product(id), 1, at(1)).state, empty);
  assert.equal(full.lines.length, 100);
  assertConflict(() => addItem(full, product('p100'), 1, at(2)), 'too-many-lines', { limit: 100 });
  assert.equal(qtyOf(addItem(full, product('p99'), 1, at(2)).state, 'p99'), 2);
});

test('core 1: pending units do not count as held, so that two quick adds cannot exceed the stock', () => {
  const last = product('p', { inventory: 1 });
  const { state: one } = addItem(empty, last, 1, at(1));
  assertConflict(() => addItem(one, last, 1, at(2)), 'insufficient-stock', { availableQty: 1 });
  const ten = product('p', { inventory: 10 });
  const { state: six } = addItem(empty, ten, 6, at(1));
  assertConflict(() => addItem(six, ten, 6, at(2)), 'insufficient-stock', { availableQty: 10 });
  assert.equal(qtyOf(addItem(six, ten, 4, at(2)).state), 10);
});

test('interop A3: the held units of a line count as available to it; rejected units do not', () => {
  const last = product('p', { version: 2, inventory: 1 });
  assert.equal(qtyOf(addItem(reserved, last, 1, at(2)).state), 3);
  const details = { availableQty: 3 };
  assertConflict(() => addItem(reserved, last, 2, at(2)), 'insufficient-stock', details);
  assertConflict(() => setQuantity(reserved, 'p', catalogOf(last), 4, at(2)), 'insufficient-stock', details);
  assert.deepEqual(
    [reserved, two, rejected, empty].map(({ lines }) => maxQuantity(lines[0], last)),
    [3, 1, 1, 1],
  );
});

test('a deletion publishes the removal of every line, and closes the cart permanently', () => {
  const { state: three } = addItem(two, product('q'), 1, at(2));
  const { state, events } = deleteCart(three, at(3));
  assert.deepEqual(summaryOf({ events }), [
    ['ProductRemovedFromCart', 'p', 2, 0, 4],
    ['ProductRemovedFromCart', 'q', 1, 0, 4],
  ]);
  assert.deepEqual([state.status, state.lines, state.version], ['deleted', [], 4]);
  assert.deepEqual(expireCart(state), []);
  assertConflict(() => addItem(state, widget, 1, at(4)), 'cart-closed');
  assertConflict(() => deleteCart({ ...two, status: 'checkedOut' }, at(3)), 'cart-closed');
});

test('a closed cart cannot be changed', () => {
  const closed: Cart = { ...two, status: 'checkedOut' };
  for (const change of [
    () => addItem(closed, widget, 1, at(2)),
    () => setQuantity(closed, 'p', catalogOf(widget), 1, at(2)),
    () => setQuantity(closed, 'p', catalogOf(widget), 9, at(2)),
    () => removeItem(closed, 'p', at(2)),
    () => removeItem(closed, 'q', at(2)),
  ])
    assertConflict(change, 'cart-closed');
});
