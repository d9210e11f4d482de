import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptPrice, type Cart } from './cart.ts';
import { type CatalogProduct, sellable } from './catalog.ts';
import { checkOut } from './checkout.ts';
import { at, cartWith, catalogOf, expectLine, product, refusalOf } from './testing.ts';
import { withRejected, withReserved } from './testing.ts';

const widget = product('p');
const dearer = product('p', { price: 2999 });
const euros = product('p', { currency: 'EUR' });
const one = cartWith('cart-abc', [[widget, 2]]);
const two = cartWith('cart-abc', [
  [widget, 2],
  [product('q'), 1],
]);
const accept = (cart: Cart, current: CatalogProduct) =>
  acceptPrice(cart, current.productId, () => current, at(5));

test("takes the catalog's price, as a new version that lives on, and tells nobody", () => {
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

test('what Product has answered stands: the quantity has not changed', () => {
  for (const cart of [withReserved(two), withRejected(two, 'p')]) {
    const { reserved, rejected, changedAt, qty } = expectLine(cart, 'p');
    const line = expectLine(accept(cart, dearer).state, 'p');
    assert.deepEqual(
      [line.reserved, line.rejected, line.changedAt, line.qty],
      [reserved, rejected, changedAt, qty],
    );
  }
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
    refusalOf(() => accept(two, euros)),
    { kind: 'conflict', code: 'currency-mismatch' },
  );
});

test('once it is accepted, a changed price no longer stands in the way of a checkout', () => {
  for (const current of [dearer, euros]) {
    const cart = withReserved(one);
    const refusal = refusalOf(() => checkOut(cart, catalogOf(current), at(6)));
    assert.equal(refusal.code, 'lines-changed');
    const { state, events } = checkOut(accept(cart, current).state, catalogOf(current), at(6));
    assert.equal(state.status, 'checkedOut');
    const [event] = events;
    assert.ok(event?.eventType === 'CartCheckedOut');
    assert.deepEqual([event.totalAmount, event.currency], [2 * current.price, current.currency]);
  }
});

test('a line that is not there is not found, whatever the catalog has', () => {
  const asked = () => assert.fail('the catalog must not be asked');
  assert.deepEqual(
    refusalOf(() => acceptPrice(one, 'q', asked, at(5))),
    { kind: 'notFound', code: 'line-not-found' },
  );
});

test('a product that is no longer sold has no price to accept', () => {
  const gone = catalogOf({ productId: 'p', version: 9, deleted: true });
  assert.deepEqual(
    refusalOf(() => acceptPrice(one, 'p', () => sellable(gone, 'p'), at(5))),
    { kind: 'conflict', code: 'product-deleted' },
  );
});

test('a cart that is closed keeps its prices', () => {
  for (const status of ['checkedOut', 'merged', 'deleted'] as const) {
    assert.deepEqual(
      refusalOf(() => accept({ ...one, status }, dearer)),
      { kind: 'conflict', code: 'cart-closed' },
    );
  }
});
