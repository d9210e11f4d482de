import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import { readEvent } from '@tandem/contracts/read-event';
import * as fc from 'fast-check';
import { createProduct, deleteProduct } from './edit-product.ts';
import { live } from './product.ts';
import type { Reservation } from './reservation.ts';
import { expireHolds } from './reserve.ts';
import {
  applied,
  holding,
  moment,
  productWith,
  request,
  seen,
  T0,
  T1,
  T1_HELD_UNTIL,
  typesOf,
} from './testing.ts';

const always = () => true;

test('a hold takes available units and is confirmed by the event of the product, with its end', () => {
  const { stock, held, events, responses, states, effects } = applied(
    productWith(10),
    [],
    [request('c', 2, 4)],
  );
  assert.deepEqual([stock, held, responses], [[10, 4], { c: 4 }, []]);
  const [event, ...more] = events;
  assert.ok(event?.eventType === 'ProductUpdated' && more.length === 0);
  assert.deepEqual(
    [event.inventory, event.onHand, event.held, event.version, event.reserved],
    [6, 10, 4, 2, [{ cartId: 'c', qty: 4, cartVersion: 2, heldUntil: T1_HELD_UNTIL, revision: 1 }]],
  );
  assert.deepEqual([states['c']?.heldUntil, states['c']?.dueAt], [T1_HELD_UNTIL, T1_HELD_UNTIL]);
  assert.deepEqual(effects.heldChange, { guest: 4, user: 0 });
});

test('a request is absolute: the held units change by the difference', () => {
  const at = (qty: number) => applied(productWith(10, 4), [holding('c', 2, 4)], [request('c', 3, qty)]).stock;
  assert.deepEqual([9, 1, 0].map(at), [
    [10, 9],
    [10, 1],
    [10, 0],
  ]);
});

test('a renewal changes no stock: it is confirmed by an event of its own and keeps its place among the due holds', () => {
  const before = holding('c', 2, 4, { heldUntil: T1, dueAt: T1 });
  const { product, events, responses, states } = applied(productWith(10, 4), [before], [request('c', 3, 4)]);
  assert.deepEqual([live(product)?.version, events], [1, []]);
  assert.deepEqual(responses, [
    {
      eventType: 'InventoryReserved',
      cartId: 'c',
      productId: 'p',
      cartVersion: 3,
      productVersion: 1,
      revision: 2,
      timestamp: T1,
      qty: 4,
      heldUntil: T1_HELD_UNTIL,
    },
  ]);
  assert.deepEqual([states['c']?.heldUntil, states['c']?.dueAt], [T1_HELD_UNTIL, T1]);
});

test('core 1: a rejected increase keeps the units that were held', () => {
  const { stock, held, responses, effects } = applied(
    productWith(5, 4),
    [holding('c', 2, 4)],
    [request('c', 3, 8)],
  );
  assert.deepEqual([stock, held, effects.rejected], [[5, 4], { c: 4 }, 1]);
  assert.deepEqual(responses, [
    {
      eventType: 'InventoryReservationRejected',
      cartId: 'c',
      productId: 'p',
      cartVersion: 3,
      productVersion: 1,
      revision: 2,
      timestamp: T1,
      requestedQty: 8,
      availableQty: 5,
      keptQty: 4,
      heldUntil: T1_HELD_UNTIL,
    },
  ]);
});

test('core 1: of two requests of a cart in one batch the first is kept when the second is rejected', () => {
  const { held, responses } = applied(productWith(8), [], [request('c', 3, 9), request('c', 2, 6)]);
  assert.deepEqual([held, typesOf(responses)], [{ c: 6 }, ['InventoryReservationRejected']]);
});

test('a decrease is always granted, also where a count left less than carts hold', () => {
  const { stock, held, responses } = applied(productWith(3, 6), [holding('c', 2, 6)], [request('c', 3, 5)]);
  assert.deepEqual([stock, held, responses], [[3, 5], { c: 5 }, []]);
});

test('core 8: a repeated request gets the same response again, and never holds what has expired', () => {
  const again = (before: Reservation) =>
    applied(productWith(10, before.held), [before], [request('c', 2, 4)]);
  const held = again(holding('c', 2, 4, { heldUntil: T1_HELD_UNTIL }));
  assert.deepEqual(
    [held.stock, held.held, typesOf(held.responses)],
    [[10, 4], { c: 4 }, ['InventoryReserved']],
  );
  const expired = again(holding('c', 2, 0, { outcome: 'expired', requestedQty: 4 }));
  assert.deepEqual([expired.held, typesOf(expired.responses)], [{ c: 0 }, ['InventoryReservationExpired']]);
  const rejected = again(holding('c', 2, 1, { outcome: 'rejected', requestedQty: 4 }));
  assert.deepEqual(
    [rejected.held, typesOf(rejected.responses)],
    [{ c: 1 }, ['InventoryReservationRejected']],
  );
  for (const outcome of ['released', 'sold'] as const)
    assert.deepEqual(again(holding('c', 2, 0, { outcome })).responses, []);
});

test('a request that arrives after a later one was rejected sets the kept units as it would have in order', () => {
  const first = applied(productWith(5), [], [request('c', 4, 9)]);
  assert.deepEqual(first.held, { c: 0 });
  const [rejected] = Object.values(first.states);
  assert.ok(rejected);
  const { stock, held, responses } = applied(productWith(5), [rejected], [request('c', 2, 3)]);
  assert.deepEqual([stock, held], [[5, 3], { c: 3 }]);
  const [response, ...more] = responses;
  assert.ok(response?.eventType === 'InventoryReservationRejected' && more.length === 0);
  assert.deepEqual(
    [response.cartVersion, response.requestedQty, response.keptQty, response.revision],
    [4, 9, 3, 2],
  );
});

test('an older request changes nothing and gets no response', () => {
  const product = productWith(10, 4);
  const result = applied(product, [holding('c', 5, 4)], [request('c', 4, 1)]);
  assert.equal(result.product, product);
  assert.deepEqual([result.all, result.held], [[], {}]);
});

test('released units come first, wherever they stand in the batch', () => {
  const requests = [request('b', 1, 3), request('a', 2, 0)];
  assert.deepEqual(applied(productWith(3, 3), [holding('a', 1, 3)], requests).held, { a: 0, b: 3 });
});

test('a sale takes the units from the stock on hand, also if it overtook the request to hold them', () => {
  const sale = request('c', 3, 4, { kind: 'sell' });
  const held = applied(productWith(10, 4), [holding('c', 2, 4)], [sale]);
  assert.deepEqual([held.stock, held.held, held.responses], [[6, 0], { c: 0 }, []]);
  assert.deepEqual(live(held.product)?.ledger, { stocked: 10, sold: 4, missing: 0 });
  assert.deepEqual(applied(productWith(10), [], [sale]).stock, [6, 0]);
  const sold = holding('c', 3, 0, { outcome: 'sold' });
  assert.deepEqual(applied(productWith(6), [sold], [request('c', 2, 4)]).stock, [6, 0]);
});

test('a sale that exceeds the stock on hand publishes the missing units', () => {
  const sale = request('c', 3, 5, { kind: 'sell' });
  const { stock, responses, effects } = applied(productWith(3, 5), [holding('c', 2, 5)], [sale]);
  assert.deepEqual([stock, effects.missing], [[0, 0], 2]);
  assert.deepEqual(responses, [
    {
      eventType: 'InventoryShort',
      cartId: 'c',
      productId: 'p',
      qty: 5,
      missingQty: 2,
      cartVersion: 3,
      timestamp: T1,
    },
  ]);
});

test('a sale of a deleted product is missing whole, and its ledger goes on', () => {
  const { state } = deleteProduct({ stored: productWith(9) }, 'p', T0, always);
  const { product, responses } = applied(state, [holding('c', 2, 4)], [request('c', 3, 4, { kind: 'sell' })]);
  assert.deepEqual(product?.ledger, { stocked: 9, sold: 4, missing: 4 });
  assert.equal(product?.version, 3);
  assert.deepEqual(typesOf(responses), ['InventoryShort']);
});

test('a product that is unknown or deleted has nothing to hold', () => {
  const { state: deleted } = deleteProduct({ stored: productWith(9) }, 'p', T0, always);
  for (const stored of [undefined, deleted]) {
    const { product, held, responses } = applied(stored, [], [request('c', 2, 1)]);
    assert.equal(product, stored);
    assert.deepEqual([held, typesOf(responses)], [{ c: 0 }, ['InventoryReservationRejected']]);
  }
});

test('core 9: a hold of an earlier incarnation never releases stock into the next one', () => {
  const recreated = createProduct(
    { stored: deleteProduct({ stored: productWith(5, 5) }, 'p', T0, always).state },
    'p',
    { content: { name: 'p', price: 1, currency: 'USD' }, inventory: 10 },
    T0,
  ).state;
  const before = holding('c', 2, 5);
  assert.deepEqual(applied(recreated, [before], [request('c', 3, 0)]).stock, [10, 0]);
  assert.deepEqual(applied(recreated, [before], [request('c', 3, 4)]).stock, [10, 4]);
  assert.deepEqual(seen(expireHolds(recreated, [before], T1)).stock, [10, 0]);
  const again = applied(recreated, [before], [request('c', 2, 5)]);
  assert.deepEqual([again.stock, again.held], [[10, 0], { c: 0 }]);
  assert.deepEqual(typesOf(again.responses), ['InventoryReservationExpired'], 'it is not confirmed again');
});

test('core 10: a request beyond the horizon without a stored reservation changes nothing and is counted', () => {
  const at = { ...moment, isBeyondHorizon: () => true };
  for (const kind of ['hold', 'sell'] as const) {
    const product = productWith(10);
    const result = applied(product, [], [request('c', 2, 4, { kind })], at);
    assert.equal(result.product, product);
    assert.deepEqual([result.all, result.effects.beyondHorizon], [[], 1]);
  }
  assert.deepEqual(applied(productWith(10), [holding('c', 1, 0)], [request('c', 2, 4)], at).held, { c: 4 });
});

test('core 14: an absurd version of a cart is refused, so that it holds nothing for ever', () => {
  for (const cartVersion of [Number.MAX_SAFE_INTEGER, 1_000_001])
    assert.throws(
      () => applied(productWith(10), [], [request('c', cartVersion, 4)]),
      (error) => error instanceof DomainError && error.code === 'version-implausible',
    );
});

test('house M10: every event of a product change is published', () => {
  const both = applied(productWith(4), [], [request('a', 2, 4), request('b', 2, 5)]);
  assert.deepEqual(typesOf(both.all).toSorted(), ['InventoryReservationRejected', 'ProductUpdated']);
});

test('for any requests: the held units of a product are the sum of its reservations, and a consumer can read every event', () => {
  const requests = fc.array(
    fc.record({
      kind: fc.constantFrom('hold' as const, 'hold' as const, 'sell' as const),
      cartId: fc.constantFrom('a', 'b', 'c'),
      cartVersion: fc.integer({ min: 1, max: 9 }),
      qty: fc.integer({ min: 1, max: 12 }),
      movedFrom: fc.array(
        fc.record({ cartId: fc.constantFrom('a', 'b', 'c'), cartVersion: fc.integer({ min: 1, max: 9 }) }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 10 },
  );
  const helds = fc.array(fc.record({ version: fc.integer({ min: 1, max: 9 }), held: fc.nat({ max: 9 }) }), {
    minLength: 3,
    maxLength: 3,
  });
  fc.assert(
    fc.property(fc.nat({ max: 20 }), helds, requests, (onHand, helds, drawn) => {
      const before = helds.map(({ version, held }, i) => holding('abc'.charAt(i), version, held));
      const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
      const product = productWith(onHand, sum(before.map(({ held }) => held)));
      const requests = drawn.map(({ cartId, cartVersion, qty, ...other }) =>
        request(cartId, cartVersion, qty, other),
      );
      const after = applied(product, before, requests);
      const heldAfter = before.map(({ cartId, held }) => after.held[cartId] ?? held);
      const stock = live(after.product);
      assert.equal(stock?.held, sum(heldAfter));
      assert.ok(stock && stock.onHand >= 0 && stock.held >= 0);
      assert.equal(stock.onHand, stock.ledger.stocked - stock.ledger.sold + stock.ledger.missing);
      // A sale is carried out whatever others hold; a hold is granted only of what is there.
      const hasSale = requests.some(({ kind }) => kind === 'sell');
      assert.ok(hasSale || stock.held <= Math.max(stock.onHand, product.held));
      for (const event of after.all) {
        const sent = { ...event, eventId: 'e', schemaVersion: 1 };
        assert.deepEqual(readEvent(JSON.stringify(sent)), { ok: true, event: sent });
      }
    }),
    { numRuns: 500 },
  );
});
