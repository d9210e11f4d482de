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

test("accepting a price sets the line's price, increments the version and postpones the expiry, without an event", () => {
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

test('the hold of the line does not change: its quantity has not changed', () => {
  for (const cart of [withReserved(two), withRejected(two, 'p')]) {
    const { priceAtAdd: _, ...before } = expectLine(cart, 'p');
    const { priceAtAdd, ...after } = expectLine(accept(cart, dearer).state, 'p');
    assert.deepEqual([after, priceAtAdd], [before, 2999]);
  }
});

test('core 6: if the price or currency differs from the accepted one, the conflict has the current line', () => {
  for (const accepted of [{ price: 1999 }, { currency: 'EUR' }, { price: 2999, currency: 'EUR' }]) {
    const error = errorOf(() => accept(one, dearer, accepted));
    assert.deepEqual([error.kind, error.code], ['conflict', 'price-changed']);
    const { line } = error.details as { line: { currentPrice: number; priceAtAdd: number } };
    assert.deepEqual([line.currentPrice, line.priceAtAdd], [2999, 1999]);
  }
  for (const accepted of [{ price: 2999 }, { currency: 'USD' }, { price: 2999, currency: 'USD' }])
    assert.equal(expectLine(accept(one, dearer, accepted).state, 'p').priceAtAdd, 2999);
});

test('accepting the price that the line already has changes nothing', () => {
  const { state, events } = accept(two, product('p', { name: 'New', inventory: 0 }));
  assert.equal(state, two);
  assert.deepEqual(events, []);
});

test('the only line of a cart can change to another currency, even if the amount is the same', () => {
  for (const price of [1999, 2999]) {
    const { state } = accept(one, { ...euros, price });
    assert.deepEqual(
      [state.currency, expectLine(state, 'p').priceAtAdd, state.version],
      ['EUR', price, one.version + 1],
    );
  }
});

test('one of several lines cannot change to another currency', () => {
  assert.deepEqual(
    errorOf(() => accept(two, euros)),
    { kind: 'conflict', code: 'currency-mismatch' },
  );
});

test('a changed price no longer prevents the checkout once it is accepted', () => {
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

test('a missing line is not found, even if the catalog has the product', () => {
  assert.deepEqual(
    errorOf(() => accept(one, product('q'))),
    { kind: 'notFound', code: 'line-not-found' },
  );
});

test('the price of a deleted product cannot be accepted', () => {
  assert.deepEqual(
    errorOf(() => accept(one, { productId: 'p', version: 9, deleted: true })),
    { kind: 'conflict', code: 'product-deleted' },
  );
});

test('the prices of a closed cart cannot be changed', () => {
  for (const status of ['checkedOut', 'merged', 'deleted'] as const) {
    assert.deepEqual(
      errorOf(() => accept({ ...one, status }, dearer)),
      { kind: 'conflict', code: 'cart-closed' },
    );
  }
});
