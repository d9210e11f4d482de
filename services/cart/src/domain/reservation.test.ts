import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventOf } from '@tandem/contracts/events';
import { addItem, type Cart, type CartDecision, setQuantity } from './cart.ts';
import { holdOf } from './line.ts';
import { responsesOf } from './reservation.ts';
import {
  at,
  cartWith,
  catalogOf,
  confirmationOf,
  expectLine,
  expiryOf,
  product,
  rejectionOf,
} from './testing.ts';
import { respond, summaryOf, withExpired, withRejected, withReserved } from './testing.ts';

const widget = product('p');
const catalog = catalogOf(widget);
const two = cartWith('cart-abc', [[widget, 2]]);
const both = cartWith('cart-abc', [
  [widget, 2],
  [product('q'), 1],
]);
const confirmed = confirmationOf(two, 'p');
const rejected = rejectionOf(two, 'p');
const reserved = withReserved(two);

/** Two are held, five are requested. */
const { state: wanted } = setQuantity(reserved, 'p', catalog, 5, at(3));
const kept = rejectionOf(wanted, 'p', { availableQty: 3, keptQty: 2, revision: 2, productVersion: 7 });

const holdIn = (cart: Cart, productId = 'p') => holdOf(expectLine(cart, productId), undefined);

/** Nothing is written or published. */
function assertUnchanged({ state, events }: CartDecision, cart: Cart): void {
  assert.equal(state, cart);
  assert.deepEqual(events, []);
}

test('a response sets the held units of its line alone, as a new version without an event, and does not extend the life of the cart', () => {
  const heldUntil = at(9).now;
  const { state, events } = respond(both, confirmationOf(both, 'p', { heldUntil }));
  const response = { cartVersion: 2, revision: 1 };
  const line = { ...expectLine(both, 'p'), heldQty: 2, heldUntil, holdVersion: 2, response };
  assert.deepEqual(state, { ...both, lines: [line, expectLine(both, 'q')], version: both.version + 1 });
  assert.deepEqual(events, []);
  assert.deepEqual([holdIn(both), holdIn(state), holdIn(state, 'q')], ['pending', 'held', 'pending']);
});

test('a rejected line holds nothing, an expired one no more', () => {
  assert.equal(holdIn(withRejected(two, 'p')), 'none');
  const expired = withExpired(reserved, 'p');
  const { heldQty, heldUntil, holdVersion } = expectLine(expired, 'p');
  assert.deepEqual([holdIn(expired), heldQty, heldUntil, holdVersion], ['none', 0, undefined, undefined]);
});

test('the confirmations of a change of the product are responses like others, which also carry the stock', () => {
  const state = { productId: 'p', name: 'P', price: 1, currency: 'USD', updatedAt: at(2).now };
  const heldUntil = at(9).now;
  const event: EventOf<'ProductUpdated'> = {
    eventType: 'ProductUpdated',
    ...state,
    version: 8,
    inventory: 3,
    reserved: [{ cartId: 'cart-abc', qty: 2, cartVersion: 2, revision: 4, heldUntil }],
  };
  const line = expectLine(respond(two, event).state, 'p');
  assert.deepEqual([line.heldQty, line.heldUntil, line.holdVersion], [2, heldUntil, 8]);
  assert.deepEqual(
    [line.response, line.stock],
    [
      { cartVersion: 2, revision: 4 },
      { version: 8, inventory: 3 },
    ],
  );
});

test('the same response again changes nothing, also one without a revision', () => {
  assertUnchanged(respond(reserved, confirmed), reserved);
  for (const response of [confirmed, rejected]) {
    const { revision: _, ...foreign } = response;
    const { state } = respond(two, foreign);
    assertUnchanged(respond(state, foreign), state);
  }
});

test('of two responses to one request the higher revision counts, in either order', () => {
  const expired = expiryOf(two, 'p');
  for (const responses of [
    [confirmed, expired],
    [expired, confirmed],
  ])
    assert.equal(holdIn(respond(two, ...responses).state), 'none');
});

test('of responses to two requests the later request counts, whatever the revisions', () => {
  const later = confirmationOf(wanted, 'p', { revision: 1 });
  const late = expiryOf(reserved, 'p', { revision: 9 });
  for (const responses of [
    [later, late],
    [late, later],
  ])
    assert.equal(holdIn(respond(wanted, ...responses).state), 'held');
});

test('while a newer request is pending, a response sets the held units and nothing else', () => {
  const { state: three } = setQuantity(two, 'p', catalog, 3, at(2));
  const meanwhile = respond(three, confirmed).state;
  assert.deepEqual([holdIn(meanwhile), expectLine(meanwhile, 'p').heldQty], ['pending', 2]);
  const rejectedBefore = rejectionOf(two, 'p', { keptQty: 1 });
  const { state, events } = respond(three, rejectedBefore);
  assert.deepEqual([expectLine(state, 'p').heldQty, expectLine(state, 'p').qty, events], [1, 3, []]);
  assert.equal(holdIn(respond(meanwhile, expiryOf(two, 'p')).state), 'pending');
});

test('a response without a revision counts if it is to the newest request', () => {
  const { revision: _, ...foreign } = confirmed;
  assert.equal(holdIn(respond(two, foreign).state), 'held');
  const { state: three } = setQuantity(two, 'p', catalog, 3, at(2));
  assertUnchanged(respond(three, foreign), three);
  const { keptQty: __, ...noKept } = { ...rejected, revision: undefined };
  assert.equal(holdIn(respond(reserved, noKept).state), 'none', 'keptQty that is absent counts as 0');
});

test('responses to a line that was removed do not count for a new one', () => {
  const { state: removed } = setQuantity(two, 'p', catalog, 0, at(2));
  const { state: again } = addItem(removed, widget, 2, at(3));
  for (const late of [confirmed, { ...confirmed, revision: 99 }])
    assertUnchanged(respond(again, late), again);
  assert.equal(holdIn(respond(again, confirmationOf(again, 'p')).state), 'held');
});

test('a response to a version that the cart never had, or of another product, changes nothing', () => {
  assertUnchanged(respond(two, { ...confirmed, cartVersion: two.version + 1 }), two);
  assertUnchanged(respond(two, { ...confirmed, productId: 'q' }), two);
});

test('a response counts when only another line has changed since', () => {
  const { state: other } = addItem(two, product('q'), 1, at(2));
  assert.equal(holdIn(respond(other, confirmed).state), 'held');
  assert.equal(holdIn(respond(other, { ...confirmed, cartVersion: other.version }).state), 'held');
});

test('a closed cart takes no response', () => {
  for (const status of ['checkedOut', 'merged', 'deleted'] as const) {
    const closed = { ...two, status };
    for (const response of [confirmed, rejected, expiryOf(two, 'p')])
      assertUnchanged(respond(closed, response), closed);
  }
});

test('core 1: when an increase is rejected, the line keeps the units that are held, and its quantity returns to them', () => {
  const { state, events } = respond(wanted, kept);
  const line = expectLine(state, 'p');
  assert.deepEqual([line.qty, line.heldQty, holdIn(state)], [2, 2, 'held']);
  assert.deepEqual(line.shortage, { availableQty: 3, productVersion: 7 });
  assert.deepEqual([line.requestedAt, state.version], [wanted.version + 1, wanted.version + 1]);
  assert.deepEqual(summaryOf({ events }), [['ProductRemovedFromCart', 'p', 3, 2, state.version]]);
  assert.deepEqual([state.expiresAt, state.updatedAt], [wanted.expiresAt, at(2).now]);
});

test('core 1: the quantity returns once, however often the rejection is delivered', () => {
  const { state } = respond(wanted, kept);
  assertUnchanged(respond(state, kept), state);
  assertUnchanged(respond(state, { ...kept, revision: undefined }), state);
  assert.equal(summaryOf(respond(wanted, kept, kept)).length, 1);
});

test('the shortage stays until the line changes or its hold expires: it then follows the catalog', () => {
  const { state: short } = respond(wanted, kept);
  const confirmedShort = respond(short, confirmationOf(short, 'p', { revision: 3 })).state;
  assert.ok(expectLine(confirmedShort, 'p').shortage);
  const expired = respond(confirmedShort, expiryOf(short, 'p', { revision: 4 })).state;
  assert.equal(expectLine(expired, 'p').shortage, undefined);
  for (const qty of [1, 2, 3])
    assert.equal(expectLine(setQuantity(short, 'p', catalog, qty, at(4)).state, 'p').shortage, undefined);
  assert.deepEqual(
    setQuantity(short, 'p', catalog, 2, at(4)).events,
    [],
    'the same quantity changes nothing at Product',
  );
});

test('core 14: a rejection is ordered by its request alone: a re-created product is available whatever its timestamps', () => {
  const { productVersion: _, ...ofNoProduct } = rejectionOf(two, 'p', { availableQty: 0 });
  const { state } = respond(two, { ...ofNoProduct, timestamp: at(9).now });
  const recreated = catalogOf(product('p', { inventory: 100, updatedAt: at(0).now }));
  assert.equal(setQuantity(state, 'p', recreated, 100, at(3)).state.lines[0]?.qty, 100);
});

test('a rejection carries the stock of its version, which counts before an older state of the catalog', () => {
  const { stock } = expectLine(respond(wanted, kept).state, 'p');
  assert.deepEqual(stock, { version: 7, inventory: 1 });
});

test('other events are not responses', () => {
  assert.deepEqual(
    responsesOf({ eventType: 'ProductDeleted', productId: 'p', version: 1, updatedAt: '' }),
    [],
  );
});
