import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cart, type CartDecision, deleteCart, removeItem, setQuantity } from './cart.ts';
import {
  pendingProductIds,
  isAwaitingHolds,
  renewHolds,
  requestMissingHolds,
  requestPendingHolds,
} from './hold.ts';
import { holdOf } from './line.ts';
import { mergeCarts } from './merge.ts';
import {
  at,
  cartWith,
  catalogOf,
  confirmationOf,
  errorOf,
  expectLine,
  product,
  rejectionOf,
} from './testing.ts';
import { respond, summaryOf, withExpired, withRejected, withReserved } from './testing.ts';

const widget = product('p');
const catalog = catalogOf(widget, product('q'));
const both = cartWith('cart-abc', [
  [widget, 2],
  [product('q'), 1],
]);
const reserved = withReserved(both);

/** The product ids and quantities of the holds that a decision requests. */
function requestedBy({ events }: CartDecision) {
  return events.flatMap((event) => {
    assert.ok(event.eventType === 'InventoryReservationRequested');
    return event.items.map(({ productId, qty }) => [productId, qty]);
  });
}

function assertUnchanged({ state, events }: CartDecision, cart: Cart): void {
  assert.equal(state, cart);
  assert.deepEqual(events, []);
}

test('a renewal requests the holds of all lines in one event, and postpones the expiry of the cart', () => {
  for (const cart of [both, reserved, withRejected(reserved, 'p'), withExpired(reserved, 'q')]) {
    const { state, events } = renewHolds(cart, catalog, at(4));
    assert.deepEqual(events, [
      {
        eventType: 'InventoryReservationRequested',
        cartId: 'cart-abc',
        userId: 'user-123',
        items: [
          { productId: 'p', qty: 2 },
          { productId: 'q', qty: 1 },
        ],
        timestamp: at(4).now,
        cartVersion: cart.version + 1,
      },
    ]);
    assert.deepEqual([state.version, state.expiresAt], [cart.version + 1, at(4).expiresAt]);
    assert.deepEqual(
      state.lines.map(({ requestedAt }) => requestedAt),
      [state.version, state.version],
    );
  }
});

test('a held line stays held during its renewal; a line without a hold becomes pending', () => {
  const cart = withExpired(reserved, 'p');
  const { lines } = renewHolds(cart, catalog, at(4)).state;
  assert.deepEqual(
    lines.map((line) => holdOf(line, undefined)),
    ['pending', 'held'],
  );
});

test('a renewal clears shortages, and skips lines of deleted products', () => {
  const { state: increased } = setQuantity(reserved, 'p', catalog, 5, at(3));
  const short = respond(
    increased,
    rejectionOf(increased, 'p', { availableQty: 2, keptQty: 2, revision: 2 }),
  ).state;
  assert.ok(expectLine(short, 'p').shortage);
  assert.equal(expectLine(renewHolds(short, catalog, at(4)).state, 'p').shortage, undefined);
  const deleted = catalogOf({ productId: 'p', version: 9, deleted: true });
  assert.deepEqual(
    requestedBy(renewHolds(reserved, deleted, at(4))),
    [['q', 1]],
    'q is unknown, not deleted',
  );
});

test('a renewal does not change an empty cart, and is rejected for a closed one', () => {
  const { state: empty } = removeItem(cartWith('c', [[widget, 1]]), 'p', at(2));
  assertUnchanged(renewHolds(empty, catalog, at(4)), empty);
  const closed = { ...reserved, status: 'checkedOut' } as const;
  assert.equal(errorOf(() => renewHolds(closed, catalog, at(4))).code, 'cart-closed');
});

test('core 8: setting the current quantity requests the hold of a line that is not held, and changes nothing else', () => {
  assertUnchanged(setQuantity(reserved, 'p', catalog, 2, at(4)), reserved);
  for (const cart of [both, withRejected(both, 'p'), withExpired(reserved, 'p')]) {
    const restocked = catalogOf(product('p', { version: 9 }));
    const { state, events } = setQuantity(cart, 'p', restocked, 2, at(4));
    assert.deepEqual(requestedBy({ state, events }), [['p', 2]]);
    assert.equal(expectLine(state, 'p').requestedAt, state.version);
    assert.equal(expectLine(state, 'q'), expectLine(cart, 'q'));
  }
});

test('core 8: a pending hold can be requested again even without stock: its units may be held already', () => {
  const soldOut = catalogOf(product('p', { version: 9, inventory: 0 }));
  assert.deepEqual(requestedBy(setQuantity(both, 'p', soldOut, 2, at(4))), [['p', 2]]);
  const error = errorOf(() => setQuantity(withRejected(both, 'p'), 'p', soldOut, 2, at(4)));
  assert.deepEqual([error.code, error.details], ['insufficient-stock', { availableQty: 0 }]);
});

test('core 8: a held line stays held after a decrease, which does not need the catalog', () => {
  const { state, events } = setQuantity(reserved, 'p', catalogOf(), 1, at(4));
  assert.equal(holdOf(expectLine(state, 'p'), undefined), 'held');
  assert.deepEqual(summaryOf({ events }), [['ProductRemovedFromCart', 'p', 1, 1, state.version]]);
  assert.equal(
    holdOf(expectLine(setQuantity(reserved, 'p', catalog, 3, at(4)).state, 'p'), undefined),
    'pending',
  );
});

test('a checkout requests holds that are missing or about to expire, but not pending ones', () => {
  const soon = respond(both, confirmationOf(both, 'p', { heldUntil: at(6).now })).state;
  const requestedHolds = (cart: Cart, renewBefore: string) =>
    requestedBy(requestMissingHolds(cart, catalog, { renewBefore }, at(5)));
  assert.deepEqual(requestedHolds(soon, at(5).now), [], 'q is pending');
  assert.deepEqual(requestedHolds(soon, at(7).now), [['p', 2]]);
  assert.deepEqual(requestedHolds(withExpired(reserved, 'q'), at(5).now), [['q', 1]]);
  assertUnchanged(requestMissingHolds(reserved, catalog, {}, at(5)), reserved);
  const recreated = catalogOf(product('p', { version: 9, incarnation: 9 }), product('q'));
  assert.deepEqual(
    requestedBy(requestMissingHolds(reserved, recreated, {}, at(5))),
    [['p', 2]],
    'a void hold counts as missing',
  );
  const order = { ...withExpired(reserved, 'q'), status: 'checkedOut' } as const;
  assertUnchanged(requestMissingHolds(order, catalog, {}, at(5)), order);
});

test('a checkout waits only for pending responses that it needs', () => {
  assert.equal(isAwaitingHolds(both, catalog, {}), true);
  assert.equal(isAwaitingHolds(reserved, catalog, {}), false);
  assert.equal(isAwaitingHolds(withRejected(reserved, 'p'), catalog, {}), false);
  const lowered = setQuantity(reserved, 'p', catalog, 1, at(4)).state;
  assert.equal(isAwaitingHolds(lowered, catalog, {}), false, 'still held after the decrease');
  assert.deepEqual([...pendingProductIds(lowered)], ['p']);
  const recreated = catalogOf({ ...widget, version: 9, incarnation: 9 });
  assert.equal(isAwaitingHolds(lowered, recreated, {}), true, 'the hold of a deleted product is void');
});

test('only pending holds are requested again after the deadline', () => {
  assert.deepEqual(requestedBy(requestPendingHolds(withReserved(both, ['q']), at(5))), [['p', 2]]);
  assertUnchanged(requestPendingHolds(reserved, at(5)), reserved);
});

test('each request names the carts whose units moved to the line, until Product has responded', () => {
  const mergeTimes = { target: at(3), source: at(3) };
  const source = cartWith('guest', [[widget, 1]], null);
  const merged = mergeCarts(both, source, catalog, mergeTimes).target.state;
  const sources = ({ events }: CartDecision) =>
    events.flatMap((event) =>
      event.eventType === 'InventoryReservationRequested'
        ? event.items.map(({ movedFrom }) => movedFrom)
        : ['movedFrom' in event ? event.movedFrom : undefined],
    );
  const expected = [{ cartId: 'guest', cartVersion: source.version + 1 }];
  assert.deepEqual(sources(renewHolds(merged, catalog, at(4))), [expected, undefined]);
  const lowered = setQuantity(merged, 'p', catalog, 1, at(4));
  assert.deepEqual(sources(lowered), [expected]);
  assert.deepEqual(sources(deleteCart(lowered.state, at(5))), [expected, undefined]);
  for (const responded of [withReserved(lowered.state, ['p']), withRejected(lowered.state, 'p')])
    assert.deepEqual(sources(renewHolds(responded, catalog, at(5))), [undefined, undefined]);
  const afterEarlierResponse = respond(lowered.state, confirmationOf(merged, 'p')).state;
  assert.deepEqual(
    sources(renewHolds(afterEarlierResponse, catalog, at(5))),
    [undefined, undefined],
    'the request of that response named the cart',
  );
});
