import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addItem, type Cart, deleteCart, openCart, removeItem } from './cart.ts';
import { checkOut } from './checkout.ts';
import { holdOf } from './line.ts';
import { mergeCarts } from './merge.ts';
import { at, cartWith, catalogOf, expectLine, product, errorOf, summaryOf } from './testing.ts';
import { confirmationOf, respond, withRejected, withReserved } from './testing.ts';

const mergeTimes = { target: at(4), source: at(5) };
const widget = product('p');
const { state: empty } = openCart('mine', 'user-123', at(0));
const mine = cartWith('mine', [[widget, 2]]);
const guest = cartWith(
  'guest',
  [
    [product('q', { price: 100 }), 4],
    [product('p', { price: 2999, name: 'New name' }), 3],
  ],
  null,
);

const merge = (target: Cart, source: Cart, catalog = catalogOf()) =>
  mergeCarts(target, source, catalog, mergeTimes);
const linesOf = ({ lines }: Cart) =>
  lines.map(({ productId, qty, priceAtAdd }) => [productId, qty, priceAtAdd]);

/** Cart `id` with `count` lines of one unit, whose products are numbered from `from`. */
const cartWithLines = (id: string, count: number, from = 0) =>
  cartWith(
    id,
    Array.from({ length: count }, (_, i) => [product(`p${from + i}`), 1] as const),
  );

test("quantities add up; a line in both carts keeps the target's price, name and position", () => {
  const { target } = merge(mine, guest);
  assert.deepEqual(linesOf(target.state), [
    ['p', 5, 1999],
    ['q', 4, 100],
  ]);
  assert.equal(expectLine(target.state, 'p').name, 'Product p');
  assert.deepEqual(
    [target.state.version, target.state.status, target.state.updatedAt, target.state.expiresAt],
    [mine.version + 1, 'open', at(4).now, at(4).expiresAt],
  );
});

test('the source is emptied and closed', () => {
  assert.deepEqual(merge(mine, guest).source.state, {
    cartId: 'guest',
    userId: null,
    status: 'merged',
    mergedInto: 'mine',
    currency: null,
    lines: [],
    version: guest.version + 1,
    updatedAt: at(5).now,
    expiresAt: at(5).expiresAt,
  });
});

test('each moved line has an event of both carts, which names the other cart with its new version', () => {
  const { target, source } = merge(mine, guest);
  assert.deepEqual(summaryOf(target), [
    ['ProductAddedToCart', 'q', 4, 4, 3],
    ['ProductAddedToCart', 'p', 3, 5, 3],
  ]);
  assert.deepEqual(target.events[1], {
    eventType: 'ProductAddedToCart',
    cartId: 'mine',
    userId: 'user-123',
    productId: 'p',
    priceAtAdd: 1999,
    currency: 'USD',
    qty: 3,
    lineQty: 5,
    timestamp: at(4).now,
    cartVersion: 3,
    movedFrom: [{ cartId: 'guest', cartVersion: 4 }],
  });
  assert.deepEqual(summaryOf(source), [
    ['ProductRemovedFromCart', 'q', 4, 0, 4],
    ['ProductRemovedFromCart', 'p', 3, 0, 4],
  ]);
  assert.deepEqual(source.events[1], {
    eventType: 'ProductRemovedFromCart',
    cartId: 'guest',
    userId: null,
    productId: 'p',
    priceAtAdd: 2999,
    currency: 'USD',
    qty: 3,
    lineQty: 0,
    timestamp: at(5).now,
    cartVersion: 4,
    movedTo: { cartId: 'mine', cartVersion: 3 },
  });
  for (const event of target.events)
    assert.deepEqual('movedFrom' in event && event.movedFrom, [{ cartId: 'guest', cartVersion: 4 }]);
  for (const event of source.events)
    assert.deepEqual('movedTo' in event && event.movedTo, { cartId: 'mine', cartVersion: 3 });
});

test('if both lines are held, the merged line is held; a line that only the target has does not change', () => {
  const target = withReserved(cartWith('mine', [[widget, 2] as const, [product('r'), 1] as const]));
  const { state } = merge(target, withReserved(guest)).target;
  for (const [id, qty] of [
    ['p', 5],
    ['q', 4],
  ] as const) {
    const line = expectLine(state, id);
    assert.deepEqual([line.heldQty, line.requestedAt, holdOf(line, undefined)], [qty, state.version, 'held']);
  }
  assert.deepEqual(expectLine(state, 'r'), expectLine(target, 'r'));
});

test('if only one of both lines is held, the merged line is pending', () => {
  for (const [target, source, heldQty] of [
    [withReserved(mine), guest, 2],
    [mine, withReserved(guest), 3],
    [withRejected(mine, 'p'), withReserved(guest), 3],
    [mine, guest, 0],
  ] as const) {
    const line = expectLine(merge(target, source).target.state, 'p');
    assert.deepEqual([line.qty, line.heldQty, holdOf(line, undefined)], [5, heldQty, 'pending']);
  }
});

test('a combined hold expires with the earlier of both holds, and has the lower product version', () => {
  const hold = (cart: Cart, heldUntil: string, productVersion: number) =>
    respond(cart, confirmationOf(cart, 'p', { heldUntil, productVersion })).state;
  const merged = merge(hold(mine, at(8).now, 7), hold(guest, at(7).now, 9)).target.state;
  const { heldQty, heldUntil, holdVersion } = expectLine(merged, 'p');
  assert.deepEqual([heldQty, heldUntil, holdVersion], [5, at(7).now, 7]);
});

test('a response to a request before the merge does not confirm the merged line', () => {
  const merged = merge(mine, guest).target.state;
  const late = respond(merged, confirmationOf(mine, 'p')).state;
  assert.deepEqual([expectLine(late, 'p').heldQty, expectLine(late, 'p').movedFrom?.length], [2, 1]);
  const done = respond(late, confirmationOf(merged, 'p')).state;
  assert.deepEqual([expectLine(done, 'p').heldQty, expectLine(done, 'p').movedFrom], [5, undefined]);
});

test('a merge beyond maxPerCart of a product is rejected with the lines', () => {
  const limited = catalogOf(product('p', { maxPerCart: 4 }), product('q', { maxPerCart: 4 }));
  assert.deepEqual(
    errorOf(() => merge(mine, guest, limited)),
    {
      kind: 'conflict',
      code: 'quantity-limit',
      details: { limit: 4, lines: [{ productId: 'p', qty: 5, limit: 4 }] },
    },
  );
});

test('an empty target gets the currency of the source, and keeps its user', () => {
  const euros = cartWith('guest', [[product('e', { currency: 'EUR' }), 1]], null);
  const { state, events } = merge(empty, euros).target;
  assert.deepEqual([state.currency, state.userId, linesOf(state)], ['EUR', 'user-123', [['e', 1, 1999]]]);
  assert.deepEqual(summaryOf({ events }), [['ProductAddedToCart', 'e', 1, 1, 2]]);
});

test('an empty source is closed, and the target does not change', () => {
  const emptied = removeItem(cartWith('guest', [[product('e', { currency: 'EUR' }), 1]], null), 'e', at(2));
  for (const target of [mine, empty]) {
    const merged = merge(target, emptied.state);
    assert.equal(merged.target.state, target);
    assert.deepEqual([merged.target.events, merged.source.events], [[], []]);
    const { status, mergedInto, version } = merged.source.state;
    assert.deepEqual([status, mergedInto, version], ['merged', 'mine', emptied.state.version + 1]);
  }
});

test('a retried merge changes nothing, whatever has happened to the target since', () => {
  const { target, source } = merge(mine, guest);
  const catalog = catalogOf(widget, product('q', { price: 100 }));
  const laterTargets = [
    target.state,
    addItem(target.state, widget, 1, at(6)).state,
    checkOut(withReserved(target.state), catalog, at(6)).state,
    deleteCart(target.state, at(6)).state,
  ];
  for (const state of laterTargets) {
    const retry = merge(state, source.state);
    assert.equal(retry.target.state, state);
    assert.equal(retry.source.state, source.state);
    assert.deepEqual([retry.target.events, retry.source.events], [[], []]);
  }
});

test('a closed cart can be neither target nor source; a merged cart cannot be merged into another one', () => {
  const closed = { kind: 'conflict', code: 'cart-closed' };
  const { source: merged, target } = merge(mine, guest);
  const otherTarget = cartWith('other', [[widget, 1]]);
  assert.deepEqual(
    errorOf(() => merge(otherTarget, merged.state)),
    closed,
  );
  assert.deepEqual(
    errorOf(() => merge(merged.state, target.state)),
    closed,
    'in the other direction',
  );
  for (const status of ['checkedOut', 'merged', 'deleted'] as const) {
    assert.deepEqual(
      errorOf(() => merge({ ...mine, status }, guest)),
      closed,
    );
    assert.deepEqual(
      errorOf(() => merge(mine, { ...guest, status })),
      closed,
    );
  }
});

test('the deletion of a merged cart releases no stock: its holds have moved', () => {
  const { state, events } = deleteCart(merge(mine, guest).source.state, at(6));
  assert.deepEqual([state.status, events], ['deleted', []]);
});

test('a cart cannot be merged with itself', () => {
  assert.deepEqual(
    errorOf(() => merge(mine, mine)),
    { kind: 'invalid', code: 'same-cart' },
  );
});

test('carts in different currencies cannot be merged', () => {
  const euros = cartWith('guest', [[product('e', { currency: 'EUR' }), 1]], null);
  for (const [target, source] of [
    [mine, euros],
    [euros, mine],
  ] as const) {
    const error = errorOf(() => merge(target, source));
    assert.deepEqual(error, { kind: 'conflict', code: 'currency-mismatch' });
  }
});

test('a merge that would exceed 999 units of a line is rejected with the lines', () => {
  const large = cartWith('mine', [[widget, 900] as const, [product('q'), 990] as const]);
  const fits = cartWith('guest', [[widget, 99] as const, [product('q'), 9] as const]);
  assert.deepEqual(linesOf(merge(large, fits).target.state), [
    ['p', 999, 1999],
    ['q', 999, 1999],
  ]);
  const tooLarge = cartWith('guest', [[product('r'), 1] as const, [product('q'), 10] as const]);
  assert.deepEqual(
    errorOf(() => merge(large, tooLarge)),
    {
      kind: 'conflict',
      code: 'quantity-limit',
      details: { limit: 999, lines: [{ productId: 'q', qty: 1_000, limit: 999 }] },
    },
  );
});

test('a merge that would exceed 100 lines is rejected; lines in both carts count once', () => {
  assert.equal(
    merge(cartWithLines('mine', 60), cartWithLines('guest', 40, 60)).target.state.lines.length,
    100,
  );
  assert.equal(merge(cartWithLines('mine', 100), cartWithLines('guest', 100)).target.state.lines.length, 100);
  assert.deepEqual(
    errorOf(() => merge(cartWithLines('mine', 60), cartWithLines('guest', 41, 60))),
    { kind: 'conflict', code: 'too-many-lines', details: { lines: 101, limit: 100 } },
  );
});

test('a line that moves again before Product has responded names all of its former carts, up to a limit', () => {
  const widget = product('p');
  const first = merge(cartWith('b', [[widget, 1]]), cartWith('a', [[widget, 1]])).target.state;
  const { target, source } = merge(cartWith('c', [[widget, 1]]), first);
  const [arrival] = target.events;
  assert.deepEqual(arrival && 'movedFrom' in arrival && arrival.movedFrom?.map(({ cartId }) => cartId), [
    'a',
    'b',
  ]);
  assert.ok(source.events.every((event) => !('movedFrom' in event)));

  let cart = cartWith('many', [[widget, 1]]);
  for (let i = 0; i < 10; i++) cart = merge(cart, cartWith(`g${i}`, [[widget, 1]])).target.state;
  assert.throws(() => merge(cart, cartWith('late', [[widget, 1]])), {
    kind: 'unavailable',
    code: 'merges-pending',
  });
  assert.equal(
    expectLine(merge(withReserved(cart), cartWith('late', [[widget, 1]])).target.state, 'p').qty,
    12,
  );
});
