import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../api.ts';
import type { Line } from '../../commerce.ts';
import { canHoldAgain, changesBetween, explainRejection, holdText, mergeText, noticesOf } from './notices.ts';
import { cartOf, dearer, line } from './testing.ts';

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

const now = Date.parse('2026-11-28T18:00:00Z');

test('a held line counts down to the end of its hold', () => {
  const until = (heldUntil: string) => holdText({ ...line, heldUntil }, now);
  assert.equal(until('2026-11-28T20:30:00Z'), 'Held for you for 2 h 30 min');
  assert.equal(until('2026-11-28T18:15:00Z'), 'Held for you for 15:00');
  assert.equal(until('2026-11-28T18:01:01Z'), 'Held for you for 1:01');
  assert.equal(until('2026-11-28T18:00:00.400Z'), 'Held for you for 0:01');
  assert.equal(until('2026-11-28T17:59:00Z'), 'The hold has expired.');
  assert.equal(holdText(line, now), 'Held for you', 'a hold that does not expire');
});

test('a line that is not held, or no more, can be held again while its product is available', () => {
  const none = { ...line, hold: 'none' } as const;
  const canHold = (changes: Partial<Line>) => canHoldAgain({ ...line, ...changes }, now);
  assert.equal(holdText(none, now), 'Not held: others can buy it.');
  assert.ok(canHold({ hold: 'none' }));
  assert.ok(!canHold({ hold: 'none', availability: 'insufficient' }));
  assert.ok(!canHold({ hold: 'pending' }) && !canHold({}));
  assert.ok(canHold({ heldUntil: '2026-11-28T18:00:00Z' }));
  assert.ok(!canHold({ heldUntil: '2026-11-28T18:00:01Z' }));
});

test('a line that is short or no longer sold has no hold to show', () => {
  for (const availability of ['insufficient', 'unavailable'] as const)
    assert.equal(holdText({ ...line, hold: 'none', availability }, now), undefined);
});

const problem = (code: string, body: Readonly<Record<string, unknown>> = {}, status = 409) =>
  new Problem(status, { type: `urn:problem:${code}`, detail: 'As the service says.', ...body });
const textOf = (...parts: Parameters<typeof problem>) =>
  (explainRejection(problem(...parts), 'Mug') as Error).message;

test('a rejection names the product and says what to do', () => {
  assert.match(textOf('price-changed'), /price of Mug has changed again.*accept/);
  assert.match(textOf('total-changed'), /total has changed.*check out again/);
  assert.match(textOf('quantity-limit', { limit: 5 }), /At most 5 of Mug.*Lower/);
  assert.match(textOf('currency-mismatch'), /Mug is sold in another currency.*empty the cart/);
  assert.equal(textOf('product-not-found', {}, 404), 'Mug is no longer sold.');
  const short = (availableQty: number) => textOf('insufficient-stock', { availableQty });
  assert.equal(short(3), 'Only 3 units of Mug are available. Lower the quantity.');
  assert.equal(short(1), 'Only 1 unit of Mug is available. Lower the quantity.');
  assert.equal(short(0), 'Mug is out of stock. Remove it, or try again later.');
});

test('a rejected checkout names the lines that have changed', () => {
  const gone: Line = { ...line, name: 'Bowl', availability: 'unavailable' };
  assert.match(textOf('lines-changed', { lines: [line, dearer, gone] }), /^Mug, Bowl have changed\. Accept/);
  assert.match(textOf('lines-changed', { lines: [dearer] }), /^Mug has changed\./);
  assert.match(textOf('lines-changed'), /^Some lines have changed\./);
});

test('every other error keeps its own text', () => {
  assert.equal(textOf('cart-empty'), 'As the service says.');
  assert.equal(textOf('quantity-limit'), 'As the service says.');
  assert.equal(textOf('price-changed', {}, 400), 'As the service says.');
  const error = new Error('broken');
  assert.equal(explainRejection(error), error);
  const outage = problem('upstream-unavailable', {}, 503);
  assert.equal(explainRejection(outage, 'Mug'), outage);
});

test('carts that cannot be merged are both kept', () => {
  const text = mergeText(problem('currency-mismatch'), "Bob's cart", 'JPY', 'EUR');
  assert.match(text, /guest is in JPY, Bob's cart is in EUR: both are kept/);
  assert.match(mergeText(problem('too-many-lines'), "Bob's cart", 'EUR', 'EUR'), /do not fit into one: both/);
});
