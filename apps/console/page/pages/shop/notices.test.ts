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

test('a line that can be checked out has no notice', () => {
  assert.deepEqual(noticesOf(line, 'EUR'), []);
});

test('a price change names the old and the new price, each in its own currency', () => {
  const [price] = noticesOf(dearer, 'EUR');
  assert.deepEqual(price, { kind: 'priceChanged', text: 'It cost €12.00 and now costs €15.00.' });
  const [currency] = noticesOf({ ...dearer, currentPrice: 1799, currentCurrency: 'EUR' }, 'USD');
  assert.equal(currency?.text, 'It cost $12.00 and now costs €17.99.');
});

test('a shortage suggests the available quantity, next to a price change', () => {
  const short = { availability: 'insufficient', availableQty: 1, hold: 'none' } as const;
  const notices = noticesOf({ ...dearer, ...short }, 'EUR');
  assert.deepEqual(notices.at(1), {
    kind: 'insufficient',
    text: 'Only 1 unit is available.',
    suggestedQty: 1,
  });
  const [out] = noticesOf({ ...line, ...short, availableQty: 0 }, 'EUR');
  assert.deepEqual(out, { kind: 'insufficient', text: 'It is out of stock.', suggestedQty: 0 });
});

test('after a rejected increase the line suggests the quantity that it holds', () => {
  const [kept] = noticesOf({ ...line, availability: 'insufficient', availableQty: 3 }, 'EUR');
  assert.deepEqual(kept, {
    kind: 'insufficient',
    text: 'No more units are available: the quantity is 2 again.',
    suggestedQty: 2,
  });
});

test('an unavailable product has no other notices', () => {
  const notices = noticesOf({ ...dearer, availability: 'unavailable', availableQty: 0 }, 'EUR');
  assert.deepEqual(notices, [
    { kind: 'unavailable', text: 'This product is no longer sold. Remove it to check out.' },
  ]);
});

test('changes of a cart are announced line by line', () => {
  const changes = (before: readonly Line[], after: readonly Line[]) =>
    changesBetween(cartOf(...before), cartOf(...after));
  assert.deepEqual(changes([line], [line]), []);
  assert.deepEqual(changes([], [line]), ['Mug: 2 in the cart.']);
  assert.deepEqual(changes([line], []), ['Mug is no longer in the cart.']);
  assert.deepEqual(changes([line], [{ ...dearer, qty: 3 }]), [
    'Mug: 3 in the cart.',
    'Mug now costs €15.00.',
  ]);
  assert.deepEqual(changes([dearer], [{ ...dearer, priceAtAdd: 1500, priceChanged: false }]), [
    'The new price of Mug is accepted.',
  ]);
  const short: Line = { ...line, availability: 'insufficient', availableQty: 1, hold: 'none' };
  assert.deepEqual(changes([{ ...line, hold: 'none' }], [short]), ['Mug: Only 1 unit is available.']);
  assert.deepEqual(changes([short], [line]), ['Mug is available again.']);
  assert.deepEqual(changes([line], [{ ...line, hold: 'none' }]), ['The hold of Mug has expired.']);
  assert.deepEqual(changes([{ ...line, hold: 'pending' }], [line]), []);
});

test('a price in another currency is announced in that currency, and so is its acceptance', () => {
  const dollars = { ...cartOf(line), currency: 'USD' };
  const foreign: Line = { ...line, priceChanged: true, currentCurrency: 'EUR' };
  const inEuros = { ...dollars, items: [foreign] };
  assert.deepEqual(changesBetween(dollars, inEuros), ['Mug now costs €12.00.']);
  assert.deepEqual(changesBetween(inEuros, cartOf(line)), ['The new price of Mug is accepted.']);
});
