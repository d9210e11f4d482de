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

/** Two units are held, five are requested. */
const { state: increased } = setQuantity(reserved, 'p', catalog, 5, at(3));
const partialRejection = rejectionOf(increased, 'p', {
  availableQty: 3,
  keptQty: 2,
  revision: 2,
  productVersion: 7,
});

const holdIn = (cart: Cart, productId = 'p') => holdOf(expectLine(cart, productId), undefined);

/** Asserts that nothing is written or published. */
function assertUnchanged({ state, events }: CartDecision, cart: Cart): void {
  assert.equal(state, cart);
  assert.deepEqual(events, []);
}

test('a response sets the held units of its line and increments the version, without an event or a later expiry', () => {
  const heldUntil = at(9).now;
  const { state, events } = respond(both, confirmationOf(both, 'p', { heldUntil }));
  const response = { cartVersion: 2, revision: 1 };
  const line = { ...expectLine(both, 'p'), heldQty: 2, heldUntil, holdVersion: 2, response };
  assert.deepEqual(state, { ...both, lines: [line, expectLine(both, 'q')], version: both.version + 1 });
  assert.deepEqual(events, []);
  assert.deepEqual([holdIn(both), holdIn(state), holdIn(state, 'q')], ['pending', 'held', 'pending']);
});

test('a rejected or expired line holds nothing', () => {
  assert.equal(holdIn(withRejected(two, 'p')), 'none');
  const expired = withExpired(reserved, 'p');
  const { heldQty, heldUntil, holdVersion } = expectLine(expired, 'p');
  assert.deepEqual([holdIn(expired), heldQty, heldUntil, holdVersion], ['none', 0, undefined, undefined]);
});

test('the confirmations in a ProductUpdated are responses, and include the stock', () => {
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

test('a redelivered response changes nothing, with or without a revision', () => {
  assertUnchanged(respond(reserved, confirmed), reserved);
  for (const response of [confirmed, rejected]) {
    const { revision: _, ...foreign } = response;
    const { state } = respond(two, foreign);
    assertUnchanged(respond(state, foreign), state);
  }
});

test('of two responses to one request, the one with the higher revision wins, in any order', () => {
  const expired = expiryOf(two, 'p');
  for (const responses of [
    [confirmed, expired],
    [expired, confirmed],
  ])
    assert.equal(holdIn(respond(two, ...responses).state), 'none');
});

test('of responses to two requests, the one to the later request wins, whatever their revisions', () => {
  const laterConfirmation = confirmationOf(increased, 'p', { revision: 1 });
  const earlierExpiry = expiryOf(reserved, 'p', { revision: 9 });
  for (const responses of [
    [laterConfirmation, earlierExpiry],
    [earlierExpiry, laterConfirmation],
  ])
    assert.equal(holdIn(respond(increased, ...responses).state), 'held');
});

test('while a newer request is pending, a response sets only the held units', () => {
  const { state: three } = setQuantity(two, 'p', catalog, 3, at(2));
  const pending = respond(three, confirmed).state;
  assert.deepEqual([holdIn(pending), expectLine(pending, 'p').heldQty], ['pending', 2]);
  const earlierRejection = rejectionOf(two, 'p', { keptQty: 1 });
  const { state, events } = respond(three, earlierRejection);
  assert.deepEqual([expectLine(state, 'p').heldQty, expectLine(state, 'p').qty, events], [1, 3, []]);
  assert.equal(holdIn(respond(pending, expiryOf(two, 'p')).state), 'pending');
});

test('a response without a revision is applied if it is to the newest request', () => {
  const { revision: _, ...foreign } = confirmed;
  assert.equal(holdIn(respond(two, foreign).state), 'held');
  const { state: three } = setQuantity(two, 'p', catalog, 3, at(2));
  assertUnchanged(respond(three, foreign), three);
  const { keptQty: __, ...withoutKeptQty } = { ...rejected, revision: undefined };
  assert.equal(holdIn(respond(reserved, withoutKeptQty).state), 'none', 'an absent keptQty counts as 0');
});

test('responses to a removed line are not applied to a new line of the same product', () => {
  const { state: removed } = setQuantity(two, 'p', catalog, 0, at(2));
  const { state: addedAgain } = addItem(removed, widget, 2, at(3));
  for (const lateResponse of [confirmed, { ...confirmed, revision: 99 }])
    assertUnchanged(respond(addedAgain, lateResponse), addedAgain);
  assert.equal(holdIn(respond(addedAgain, confirmationOf(addedAgain, 'p')).state), 'held');
});

test('a response to a future version of the cart, or for another product, is ignored', () => {
  assertUnchanged(respond(two, { ...confirmed, cartVersion: two.version + 1 }), two);
  assertUnchanged(respond(two, { ...confirmed, productId: 'q' }), two);
});

test('a response is applied even if another line has changed since the request', () => {
  const { state: changed } = addItem(two, product('q'), 1, at(2));
  assert.equal(holdIn(respond(changed, confirmed).state), 'held');
  assert.equal(holdIn(respond(changed, { ...confirmed, cartVersion: changed.version }).state), 'held');
});

test('responses to a closed cart are ignored', () => {
  for (const status of ['checkedOut', 'merged', 'deleted'] as const) {
    const closed = { ...two, status };
    for (const response of [confirmed, rejected, expiryOf(two, 'p')])
      assertUnchanged(respond(closed, response), closed);
  }
});

test('core 1: if an increase is rejected, the quantity is lowered to the held units', () => {
  const { state, events } = respond(increased, partialRejection);
  const line = expectLine(state, 'p');
  assert.deepEqual([line.qty, line.heldQty, holdIn(state)], [2, 2, 'held']);
  assert.deepEqual(line.shortage, { availableQty: 3, productVersion: 7 });
  assert.deepEqual([line.requestedAt, state.version], [increased.version + 1, increased.version + 1]);
  assert.deepEqual(summaryOf({ events }), [['ProductRemovedFromCart', 'p', 3, 2, state.version]]);
  assert.deepEqual([state.expiresAt, state.updatedAt], [increased.expiresAt, at(2).now]);
});

test('core 1: the quantity is lowered once, however often the rejection is delivered', () => {
  const { state } = respond(increased, partialRejection);
  assertUnchanged(respond(state, partialRejection), state);
  assertUnchanged(respond(state, { ...partialRejection, revision: undefined }), state);
  assert.equal(summaryOf(respond(increased, partialRejection, partialRejection)).length, 1);
});

test('a shortage remains until the line changes or its hold expires; then the catalog determines it', () => {
  const { state: short } = respond(increased, partialRejection);
  const confirmedShort = respond(short, confirmationOf(short, 'p', { revision: 3 })).state;
  assert.ok(expectLine(confirmedShort, 'p').shortage);
  const expired = respond(confirmedShort, expiryOf(short, 'p', { revision: 4 })).state;
  assert.equal(expectLine(expired, 'p').shortage, undefined);
  for (const qty of [1, 2, 3])
    assert.equal(expectLine(setQuantity(short, 'p', catalog, qty, at(4)).state, 'p').shortage, undefined);
  assert.deepEqual(
    setQuantity(short, 'p', catalog, 2, at(4)).events,
    [],
    'the current quantity requests no hold',
  );
});

test('core 14: responses are not ordered by timestamps: after a rejection, a recreated product is available', () => {
  const { productVersion: _, ...rejection } = rejectionOf(two, 'p', { availableQty: 0 });
  const { state } = respond(two, { ...rejection, timestamp: at(9).now });
  const recreated = catalogOf(product('p', { inventory: 100, updatedAt: at(0).now }));
  assert.equal(setQuantity(state, 'p', recreated, 100, at(3)).state.lines[0]?.qty, 100);
});

test('a rejection includes the stock at its product version, which supersedes an older catalog entry', () => {
  const { stock } = expectLine(respond(increased, partialRejection).state, 'p');
  assert.deepEqual(stock, { version: 7, inventory: 1 });
});

test('other events contain no responses', () => {
  assert.deepEqual(
    responsesOf({ eventType: 'ProductDeleted', productId: 'p', version: 1, updatedAt: '' }),
    [],
  );
});
