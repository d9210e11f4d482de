import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cart, Line } from '../../commerce.ts';
import { changesBetween, noticesOf } from './notices.ts';

const line: Line = {
  productId: 'mug',
  name: 'Mug',
  qty: 2,
  priceAtAdd: 1200,
  currentPrice: 1200,
  priceChanged: false,
  availability: 'available',
  availableQty: 10,
};
const cartOf = (...items: readonly Line[]): Cart => ({
  cartId: 'cart-a',
  userId: null,
  status: 'open',
  items,
  totalAmount: 0,
  currency: 'EUR',
  version: 1,
});
const dearer: Line = { ...line, currentPrice: 1500, priceChanged: true };

test('a line that can be sold has no notice', () => {
  assert.deepEqual(noticesOf(line, 'EUR'), []);
});

test('a changed price names both, and a changed currency no amount that would be wrong', () => {
  const [price] = noticesOf(dearer, 'EUR');
  assert.deepEqual(price, { kind: 'priceChanged', says: 'It cost €12.00 and now costs €15.00.' });
  const [currency] = noticesOf({ ...line, priceChanged: true }, 'EUR');
  assert.equal(currency?.says, 'It is now sold in another currency.');
});

test('what can be had is offered, together with a changed price', () => {
  const notices = noticesOf({ ...dearer, availability: 'insufficient', availableQty: 1 }, 'EUR');
  assert.deepEqual(notices.at(1), { kind: 'insufficient', says: 'Only 1 can be had.', take: 1 });
  const [out] = noticesOf({ ...line, availability: 'insufficient', availableQty: 0 }, 'EUR');
  assert.deepEqual(out, { kind: 'insufficient', says: 'It is out of stock.', take: 0 });
});

test('of a product that is gone nothing else matters', () => {
  const notices = noticesOf({ ...dearer, availability: 'unavailable', availableQty: 0 }, 'EUR');
  assert.deepEqual(notices, [{ kind: 'unavailable', says: 'It is no longer sold.' }]);
});

test('what became of a cart is said line by line', () => {
  const says = (before: readonly Line[], after: readonly Line[]) =>
    changesBetween(cartOf(...before), cartOf(...after));
  assert.deepEqual(says([line], [line]), []);
  assert.deepEqual(says([], [line]), ['Mug: 2 in the cart.']);
  assert.deepEqual(says([line], []), ['Mug is no longer in the cart.']);
  assert.deepEqual(says([line], [{ ...dearer, qty: 3 }]), ['Mug: 3 in the cart.', 'Mug now costs €15.00.']);
  assert.deepEqual(says([dearer], [{ ...dearer, priceAtAdd: 1500, priceChanged: false }]), [
    'The new price of Mug is accepted.',
  ]);
  const short: Line = { ...line, availability: 'insufficient', availableQty: 1 };
  assert.deepEqual(says([line], [short]), ['Mug: Only 1 can be had.']);
  assert.deepEqual(says([short], [line]), ['Mug can be had.']);
});
