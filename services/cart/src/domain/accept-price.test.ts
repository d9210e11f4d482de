import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AcceptedPrice, acceptPrice } from './accept-price.ts';
import type { Cart } from './cart.ts';
import type { CatalogEntry } from './catalog.ts';
import { checkOut } from './checkout.ts';
import { at, cartWith, catalogOf, expectLine, product, errorOf } from './testing.ts';
import { withRejected, withReserved } from './testing.ts';

const widget = product('p');
const dearer = product('p', { price: 2999 });
const euros = product('p', { currency: 'EUR' });
const one = cartWith('cart-abc', [[widget, 2]]);
const two = cartWith('cart-abc', [
  [widget, 2],
  [product('q'), 1],
]);
const accept = (cart: Cart, current: CatalogEntry, accepted: AcceptedPrice = {}) =>
  acceptPrice(cart, current.productId, catalogOf(current), accepted, at(5));

test("makes the catalog's price the line's own, as a new version that lives on, without an event", () => {
  const { state, events } = accept(two, dearer);
  assert.deepEqual(events, []);
  assert.deepEqual(state, {
    ...two,
    lines: [{ ...expectLine(two, 'p'), priceAtAdd: 2999 }, expectLine(two, 'q')],
    version: two.version + 1,
    updatedAt: at(5).now,
    expiresAt: at(5).expiresAt,
  });
});

test('what Product has responded stays: the quantity has not changed', () => {
  for (const cart of [withReserved(two), withRejected(two, 'p')]) {
    const { priceAtAdd: _, ...before } = expectLine(cart, 'p');
    const { priceAtAdd, ...after } = expectLine(accept(cart, dearer).state, 'p');
    assert.deepEqual([after, priceAtAdd], [before, 2999]);
  }
});

test('core 6: only the price and currency that the shopper saw are accepted, else the line is shown as it is now', () => {
  for (const accepted of [{ price: 1999 }, { currency: 'EUR' }, { price: 2999, currency: 'EUR' }]) {
    const error = errorOf(() => accept(one, dearer, accepted));
    assert.deepEqual([error.kind, error.code], ['conflict', 'price-changed']);
    const { line } = error.details as { line: { currentPrice: number; priceAtAdd: number } };
    assert.deepEqual([line.currentPrice, line.priceAtAdd], [2999, 1999]);
  }
  for (const accepted of [{ price: 2999 }, { currency: 'USD' }, { price: 2999, currency: 'USD' }])
    assert.equal(expectLine(accept(one, dearer, accepted).state, 'p').priceAtAdd, 2999);
});

test('the price that the line has is no change', () => {
  const { state, events } = accept(two, product('p', { name: 'New', inventory: 0 }));
  assert.equal(state, two);
  assert.deepEqual(events, []);
});

test('a single line follows its product into another currency, also where the number is the same', () => {
  for (const price of [1999, 2999]) {
    const { state } = accept(one, { ...euros, price });
    assert.deepEqual(
      [state.currency, expectLine(state, 'p').priceAtAdd, state.version],
      ['EUR', price, one.version + 1],
    );
  }
});

test('a line among others stays in their currency', () => {
  assert.deepEqual(
    errorOf(() => accept(two, euros)),
    { kind: 'conflict', code: 'currency-mismatch' },
  );
});

test('once it is accepted, a changed price no longer stands in the way of a checkout', () => {
  for (const current of [dearer, euros]) {
    const cart = withReserved(one);
    const error = errorOf(() => checkOut(cart, catalogOf(current), at(6)));
    assert.equal(error.code, 'lines-changed');
    const { state, events } = checkOut(accept(cart, current).state, catalogOf(current), at(6));
    assert.equal(state.status, 'checkedOut');
    const [event] = events;
    assert.ok(event?.eventType === 'CartCheckedOut');
    assert.deepEqual([event.totalAmount, event.currency], [2 * current.price, current.currency]);
  }
});

test('a line that is not there is not found, whatever the catalog has', () => {
  assert.deepEqual(
    errorOf(() => accept(one, product('q'))),
    { kind: 'notFound', code: 'line-not-found' },
  );
});

test('a product that is no longer sold has no price to accept', () => {
  assert.deepEqual(
    errorOf(() => accept(one, { productId: 'p', version: 9, deleted: true })),
    { kind: 'conflict', code: 'product-deleted' },
  );
});

test('a cart that is closed keeps its prices', () => {
  for (const status of ['checkedOut', 'merged', 'deleted'] as const) {
    assert.deepEqual(
      errorOf(() => accept({ ...one, status }, dearer)),
      { kind: 'conflict', code: 'cart-closed' },
    );
  }
});
