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
  applyRequests,
  hold,
  timing,
  productWith,
  request,
  summaryOf,
  T0,
  T1,
  T1_HELD_UNTIL,
  typesOf,
} from './testing.ts';

const always = () => true;

test('a hold reserves available units, and is confirmed in the ProductUpdated with its expiry', () => {
  const { stock, held, events, responses, states, effects } = applyRequests(
    productWith(10),
    [],
    [request('c', 2, 4)],
  );
  assert.deepEqual([stock, held, responses], [[10, 4], { c: 4 }, []]);
  const [event, ...rest] = events;
  assert.ok(event?.eventType === 'ProductUpdated' && rest.length === 0);
  assert.deepEqual(
    [event.inventory, event.onHand, event.held, event.version, event.reserved],
    [6, 10, 4, 2, [{ cartId: 'c', qty: 4, cartVersion: 2, heldUntil: T1_HELD_UNTIL, revision: 1 }]],
  );
  assert.deepEqual([states['c']?.heldUntil, states['c']?.dueAt], [T1_HELD_UNTIL, T1_HELD_UNTIL]);
  assert.deepEqual(effects.heldChange, { guest: 4, user: 0 });
});

test('the quantity of a request is absolute: held units change by the difference', () => {
  const stockAfter = (qty: number) =>
    applyRequests(productWith(10, 4), [hold('c', 2, 4)], [request('c', 3, qty)]).stock;
  assert.deepEqual([9, 1, 0].map(stockAfter), [
    [10, 9],
    [10, 1],
    [10, 0],
  ]);
});

test('a renewal does not change the stock: it is confirmed by an InventoryReserved, and keeps its position in the index', () => {
  const before = hold('c', 2, 4, { heldUntil: T1, dueAt: T1 });
  const { product, events, responses, states } = applyRequests(
    productWith(10, 4),
    [before],
    [request('c', 3, 4)],
  );
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

test('core 1: a rejected increase keeps the held units', () => {
  const { stock, held, responses, effects } = applyRequests(
    productWith(5, 4),
    [hold('c', 2, 4)],
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

test('core 1: if the second of two requests of a cart in one batch is rejected, the units of the first stay held', () => {
  const { held, responses } = applyRequests(productWith(8), [], [request('c', 3, 9), request('c', 2, 6)]);
  assert.deepEqual([held, typesOf(responses)], [{ c: 6 }, ['InventoryReservationRejected']]);
});

test('a decrease is always confirmed, even if a count lowered the stock below the held units', () => {
  const { stock, held, responses } = applyRequests(
    productWith(3, 6),
    [hold('c', 2, 6)],
    [request('c', 3, 5)],
  );
  assert.deepEqual([stock, held, responses], [[3, 5], { c: 5 }, []]);
});

test('core 8: a redelivered request gets the same response again, and never reserves expired units again', () => {
  const redeliver = (before: Reservation) =>
    applyRequests(productWith(10, before.held), [before], [request('c', 2, 4)]);
  const held = redeliver(hold('c', 2, 4, { heldUntil: T1_HELD_UNTIL }));
  assert.deepEqual(
    [held.stock, held.held, typesOf(held.responses)],
    [[10, 4], { c: 4 }, ['InventoryReserved']],
  );
  const expired = redeliver(hold('c', 2, 0, { outcome: 'expired', requestedQty: 4 }));
  assert.deepEqual([expired.held, typesOf(expired.responses)], [{ c: 0 }, ['InventoryReservationExpired']]);
  const rejected = redeliver(hold('c', 2, 1, { outcome: 'rejected', requestedQty: 4 }));
  assert.deepEqual(
    [rejected.held, typesOf(rejected.responses)],
    [{ c: 1 }, ['InventoryReservationRejected']],
  );
  for (const outcome of ['released', 'sold'] as const)
    assert.deepEqual(redeliver(hold('c', 2, 0, { outcome })).responses, []);
});

test('a request that arrives after a later, rejected one results in the same held units as in order', () => {
  const first = applyRequests(productWith(5), [], [request('c', 4, 9)]);
  assert.deepEqual(first.held, { c: 0 });
  const [rejected] = Object.values(first.states);
  assert.ok(rejected);
  const { stock, held, responses } = applyRequests(productWith(5), [rejected], [request('c', 2, 3)]);
  assert.deepEqual([stock, held], [[5, 3], { c: 3 }]);
  const [response, ...rest] = responses;
  assert.ok(response?.eventType === 'InventoryReservationRejected' && rest.length === 0);
  assert.deepEqual(
    [response.cartVersion, response.requestedQty, response.keptQty, response.revision],
    [4, 9, 3, 2],
  );
});

test('an outdated request changes nothing and gets no response', () => {
  const product = productWith(10, 4);
  const result = applyRequests(product, [hold('c', 5, 4)], [request('c', 4, 1)]);
  assert.equal(result.product, product);
  assert.deepEqual([result.allEvents, result.held], [[], {}]);
});

test('released units can be reserved in the same batch, in any order', () => {
  const requests = [request('b', 1, 3), request('a', 2, 0)];
  assert.deepEqual(applyRequests(productWith(3, 3), [hold('a', 1, 3)], requests).held, {
    a: 0,
    b: 3,
  });
});

test('a sale reduces the stock on hand, also if it arrives before the request to hold its units', () => {
  const sale = request('c', 3, 4, { kind: 'sell' });
  const held = applyRequests(productWith(10, 4), [hold('c', 2, 4)], [sale]);
  assert.deepEqual([held.stock, held.held, held.responses], [[6, 0], { c: 0 }, []]);
  assert.deepEqual(live(held.product)?.ledger, { stocked: 10, sold: 4, missing: 0 });
  assert.deepEqual(applyRequests(productWith(10), [], [sale]).stock, [6, 0]);
  const sold = hold('c', 3, 0, { outcome: 'sold' });
  assert.deepEqual(applyRequests(productWith(6), [sold], [request('c', 2, 4)]).stock, [6, 0]);
});

test('a sale beyond the stock on hand publishes the missing units', () => {
  const sale = request('c', 3, 5, { kind: 'sell' });
  const { stock, responses, effects } = applyRequests(productWith(3, 5), [hold('c', 2, 5)], [sale]);
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

test('all units of a sale of a deleted product are missing, and its ledger continues', () => {
  const { state } = deleteProduct({ stored: productWith(9) }, 'p', T0, always);
  const { product, responses } = applyRequests(
    state,
    [hold('c', 2, 4)],
    [request('c', 3, 4, { kind: 'sell' })],
  );
  assert.deepEqual(product?.ledger, { stocked: 9, sold: 4, missing: 4 });
  assert.equal(product?.version, 3);
  assert.deepEqual(typesOf(responses), ['InventoryShort']);
});

test('a request for a missing or deleted product is rejected', () => {
  const { state: deleted } = deleteProduct({ stored: productWith(9) }, 'p', T0, always);
  for (const stored of [undefined, deleted]) {
    const { product, held, responses } = applyRequests(stored, [], [request('c', 2, 1)]);
    assert.equal(product, stored);
    assert.deepEqual([held, typesOf(responses)], [{ c: 0 }, ['InventoryReservationRejected']]);
  }
});

test('core 9: a hold of an earlier incarnation releases no stock of the next one', () => {
  const recreated = createProduct(
    { stored: deleteProduct({ stored: productWith(5, 5) }, 'p', T0, always).state },
    'p',
    { content: { name: 'p', price: 1, currency: 'USD' }, inventory: 10 },
    T0,
  ).state;
  const before = hold('c', 2, 5);
  assert.deepEqual(applyRequests(recreated, [before], [request('c', 3, 0)]).stock, [10, 0]);
  assert.deepEqual(applyRequests(recreated, [before], [request('c', 3, 4)]).stock, [10, 4]);
  assert.deepEqual(summaryOf(expireHolds(recreated, [before], T1)).stock, [10, 0]);
  const redelivered = applyRequests(recreated, [before], [request('c', 2, 5)]);
  assert.deepEqual([redelivered.stock, redelivered.held], [[10, 0], { c: 0 }]);
  assert.deepEqual(typesOf(redelivered.responses), ['InventoryReservationExpired'], 'not confirmed again');
});

test('core 10: a request beyond the horizon without a stored reservation is ignored and counted', () => {
  const beyondHorizon = { ...timing, isBeyondHorizon: () => true };
  for (const kind of ['hold', 'sell'] as const) {
    const product = productWith(10);
    const result = applyRequests(product, [], [request('c', 2, 4, { kind })], beyondHorizon);
    assert.equal(result.product, product);
    assert.deepEqual([result.allEvents, result.effects.beyondHorizon], [[], 1]);
  }
  assert.deepEqual(
    applyRequests(productWith(10), [hold('c', 1, 0)], [request('c', 2, 4)], beyondHorizon).held,
    { c: 4 },
  );
});

test('core 14: an implausible cart version throws, so that later requests of the cart are not ignored', () => {
  for (const cartVersion of [Number.MAX_SAFE_INTEGER, 1_000_001])
    assert.throws(
      () => applyRequests(productWith(10), [], [request('c', cartVersion, 4)]),
      (error) => error instanceof DomainError && error.code === 'version-implausible',
    );
});

test('house M10: every event of a product change is published', () => {
  const both = applyRequests(productWith(4), [], [request('a', 2, 4), request('b', 2, 5)]);
  assert.deepEqual(typesOf(both.allEvents).toSorted(), ['InventoryReservationRejected', 'ProductUpdated']);
});

test('for any requests: the held units of a product equal the sum of its reservations, and consumers can read every event', () => {
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
  const initialHolds = fc.array(
    fc.record({ version: fc.integer({ min: 1, max: 9 }), held: fc.nat({ max: 9 }) }),
    {
      minLength: 3,
      maxLength: 3,
    },
  );
  fc.assert(
    fc.property(fc.nat({ max: 20 }), initialHolds, requests, (onHand, holds, requestFields) => {
      const before = holds.map(({ version, held }, i) => hold('abc'.charAt(i), version, held));
      const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
      const product = productWith(onHand, sum(before.map(({ held }) => held)));
      const requests = requestFields.map(({ cartId, cartVersion, qty, ...overrides }) =>
        request(cartId, cartVersion, qty, overrides),
      );
      const after = applyRequests(product, before, requests);
      const heldAfter = before.map(({ cartId, held }) => after.held[cartId] ?? held);
      const stock = live(after.product);
      assert.equal(stock?.held, sum(heldAfter));
      assert.ok(stock && stock.onHand >= 0 && stock.held >= 0);
      assert.equal(stock.onHand, stock.ledger.stocked - stock.ledger.sold + stock.ledger.missing);
      // A sale may exceed the available units; a hold may not.
      const hasSale = requests.some(({ kind }) => kind === 'sell');
      assert.ok(hasSale || stock.held <= Math.max(stock.onHand, product.held));
      for (const event of after.allEvents) {
        const sent = { ...event, eventId: 'e', schemaVersion: 1 };
        assert.deepEqual(readEvent(JSON.stringify(sent)), { ok: true, event: sent });
      }
    }),
    { numRuns: 500 },
  );
});
