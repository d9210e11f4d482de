import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cart, Line } from '../../commerce.ts';
import { changesBetween, noticesOf } from './notices.ts';
import { line } from './testing.ts';

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

test('a changed price names both, each in its own currency', () => {
  const [price] = noticesOf(dearer, 'EUR');
  assert.deepEqual(price, { kind: 'priceChanged', says: 'It cost €12.00 and now costs €15.00.' });
  const [currency] = noticesOf({ ...dearer, currentPrice: 1799, currentCurrency: 'EUR' }, 'USD');
  assert.equal(currency?.says, 'It cost $12.00 and now costs €17.99.');
});

test('the available quantity is offered, together with a changed price', () => {
  const short = { availability: 'insufficient', availableQty: 1, hold: 'none' } as const;
  const notices = noticesOf({ ...dearer, ...short }, 'EUR');
  assert.deepEqual(notices.at(1), { kind: 'insufficient', says: 'Only 1 unit is available.', take: 1 });
  const [out] = noticesOf({ ...line, ...short, availableQty: 0 }, 'EUR');
  assert.deepEqual(out, { kind: 'insufficient', says: 'It is out of stock.', take: 0 });
});

test('after a rejected increase the line offers to keep the quantity that it holds', () => {
  const [kept] = noticesOf({ ...line, availability: 'insufficient', availableQty: 3 }, 'EUR');
  assert.deepEqual(kept, {
    kind: 'insufficient',
    says: 'More is not available: the quantity is 2 again.',
    take: 2,
  });
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
  const short: Line = { ...line, availability: 'insufficient', availableQty: 1, hold: 'none' };
  assert.deepEqual(says([{ ...line, hold: 'none' }], [short]), ['Mug: Only 1 unit is available.']);
  assert.deepEqual(says([short], [line]), ['Mug is available again.']);
  assert.deepEqual(says([line], [{ ...line, hold: 'none' }]), ['The hold of Mug has expired.']);
  assert.deepEqual(says([{ ...line, hold: 'pending' }], [line]), []);
});

test('a price in another currency is said in that, also when it is accepted', () => {
  const dollars = { ...cartOf(line), currency: 'USD' };
  const foreign: Line = { ...line, priceChanged: true, currentCurrency: 'EUR' };
  const inEuros = { ...dollars, items: [foreign] };
  assert.deepEqual(changesBetween(dollars, inEuros), ['Mug now costs €12.00.']);
  assert.deepEqual(changesBetween(inEuros, cartOf(line)), ['The new price of Mug is accepted.']);
});
