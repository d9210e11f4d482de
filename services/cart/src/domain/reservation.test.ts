import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addItem, type Cart, type CartDecision, deleteCart, setQuantity } from './cart.ts';
import { markRejected, markReserved } from './reservation.ts';
import { at, cartWith, confirmationOf, expectLine, product, refusalOf, rejectionOf } from './testing.ts';
import { told, withRejected, withReserved } from './testing.ts';

const widget = product('p');
const two = cartWith('cart-abc', [[widget, 2]]);
const both = cartWith('cart-abc', [
  [widget, 2],
  [product('q'), 1],
]);
const yes = confirmationOf(two, 'p');
const no = rejectionOf(two, 'p');
const reserved = withReserved(two);
const rejected = withRejected(two, 'p');
const notAsked = (): never => assert.fail('the catalog must not be asked');

/** Nothing is written and nothing told. */
function assertUnchanged({ state, events }: CartDecision, cart: Cart): void {
  assert.equal(state, cart);
  assert.deepEqual(events, []);
}

test('an answer marks its line alone, as a new version, without an event; the cart lives no longer for it', () => {
  for (const [{ state, events }, mark] of [
    [markReserved(both, confirmationOf(both, 'p')), { reserved: true }],
    [markRejected(both, rejectionOf(both, 'p')), { rejected: { availableQty: 1, at: at(2).now } }],
  ] as const) {
    const lines = [{ ...expectLine(both, 'p'), ...mark }, expectLine(both, 'q')];
    assert.deepEqual(state, { ...both, lines, version: both.version + 1 });
    assert.deepEqual(events, []);
  }
});

test('the same answer again changes nothing', () => {
  assertUnchanged(markReserved(reserved, yes), reserved);
  assertUnchanged(markRejected(rejected, no), rejected);
});

test('should Product have said both, no is believed, in either order', () => {
  assert.deepEqual(markRejected(reserved, no).state.lines, rejected.lines);
  assertUnchanged(markReserved(rejected, yes), rejected);
});

test('an answer to an older change, or of another product, says nothing', () => {
  const { state: changed } = setQuantity(two, 'p', notAsked, 1, at(2));
  assertUnchanged(markReserved(changed, yes), changed);
  assertUnchanged(markRejected(changed, no), changed);
  assertUnchanged(markReserved(two, { ...yes, cartVersion: 1 }), two);
  assertUnchanged(markRejected(two, { ...no, cartVersion: 1 }), two);
  assertUnchanged(markReserved(two, { ...yes, productId: 'q' }), two);
  assertUnchanged(markRejected(two, { ...no, productId: 'q' }), two);
});

test('an answer stands when only another line has changed since', () => {
  const { state: other } = addItem(two, product('q'), 1, at(2));
  assert.ok(expectLine(markReserved(other, yes).state, 'p').reserved);
  assert.ok(expectLine(markRejected(other, no).state, 'p').rejected);
});

test('a cart that is closed takes no answer', () => {
  for (const status of ['checkedOut', 'merged', 'deleted'] as const) {
    const closed = { ...two, status };
    assertUnchanged(markReserved(closed, yes), closed);
    assertUnchanged(markRejected(closed, no), closed);
  }
});

test('a line is confirmed until its quantity changes', () => {
  for (const qty of [1, 3]) {
    const { state } = setQuantity(reserved, 'p', () => widget, qty, at(3));
    assert.equal(expectLine(state, 'p').reserved, undefined);
  }
  assertUnchanged(setQuantity(reserved, 'p', notAsked, 2, at(3)), reserved);
});

test('an answer may name the version that the cart has since, by what changed none of the line', () => {
  const { state: other } = addItem(two, product('q'), 1, at(2));
  const { version: cartVersion } = other;
  assert.equal(expectLine(markReserved(other, { ...yes, cartVersion }).state, 'p').reserved, true);
  assert.ok(expectLine(markRejected(other, { ...no, cartVersion }).state, 'p').rejected);
});

test('a line of which Product has said nothing is not asked for twice', () => {
  assertUnchanged(setQuantity(two, 'p', notAsked, 2, at(2)), two);
});

test('what a line takes over is told with each change of it until Product has answered', () => {
  const movedFrom = [{ cartId: 'guest', cartVersion: 4 }];
  const merged: Cart = { ...two, lines: two.lines.map((line) => ({ ...line, movedFrom })) };
  const sources = ({ events }: CartDecision) => events.map((it) => 'movedFrom' in it && it.movedFrom);
  const lowered = setQuantity(merged, 'p', notAsked, 1, at(2));
  assert.deepEqual(sources(lowered), [movedFrom]);
  for (const ended of [setQuantity(lowered.state, 'p', notAsked, 0, at(3)), deleteCart(lowered.state, at(3))])
    assert.deepEqual(sources(ended), [movedFrom]);
  for (const answered of [withReserved(merged, ['p']), withRejected(merged, 'p')]) {
    assert.equal(expectLine(answered, 'p').movedFrom, undefined);
    assert.deepEqual(sources(setQuantity(answered, 'p', () => widget, 1, at(2))), [false]);
  }
});

test('a rejected line asks again, for as much, more or less, and is then no longer marked', () => {
  const restocked = () => product('p', { updatedAt: at(2).now });
  const asked = (qty: number) => setQuantity(rejected, 'p', restocked, qty, at(3));
  assert.deepEqual(told(asked(2)), [['ProductAddedToCart', 'p', 2, 2, 4]]);
  assert.deepEqual(told(asked(3)), [['ProductAddedToCart', 'p', 1, 3, 4]]);
  assert.deepEqual(told(asked(1)), [['ProductRemovedFromCart', 'p', 1, 1, 4]]);
  for (const qty of [1, 2, 3]) {
    const [line] = asked(qty).state.lines;
    assert.deepEqual([line?.qty, line?.rejected, line?.changedAt], [qty, undefined, 4]);
  }
  const scarce = product('p', { inventory: 1, updatedAt: at(2).now });
  for (const known of [scarce, widget]) {
    assert.deepEqual(
      refusalOf(() => setQuantity(rejected, 'p', () => known, 2, at(3))),
      { kind: 'conflict', code: 'insufficient-stock', details: { availableQty: 1 } },
      'what the catalog said before the rejection counts no more',
    );
  }
});
