import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventType } from '@tandem/contracts/events';
import { readEvent } from '@tandem/contracts/read-event';
import * as fc from 'fast-check';
import { createProduct, deleteProduct, live, type StoredProduct } from './product.ts';
import { type Reservation, type ReservationDecision, reserve, type StockClaim } from './reservation.ts';

const T0 = '2026-02-14T15:00:00.000Z';
const T1 = '2026-02-14T16:00:00.000Z';

function widgetWith(inventory: number) {
  const input = { name: 'Acme Widget', price: 1999, currency: 'USD', inventory };
  return createProduct(undefined, 'p', input, T0).state;
}

function claim(cartId: string, cartVersion: number, qty: number, kind: StockClaim['kind'] = 'hold') {
  return { kind, productId: 'p', cartId, cartVersion, qty };
}

function holding(cartId: string, version: number, held: number): Reservation {
  return { productId: 'p', cartId, version, held, updatedAt: T0 };
}

/** What the claims do to a product, and to what these reservations hold. */
function applied(stored: StoredProduct | undefined, before: readonly Reservation[], ...claims: StockClaim[]) {
  const { product, events, reservations } = reserve(
    stored,
    (cartId) => before.find((reservation) => reservation.cartId === cartId),
    claims,
    T1,
  );
  return {
    product,
    inventory: live(product)?.inventory,
    events,
    held: Object.fromEntries(reservations.map(({ state }) => [state.cartId, state.held])),
    versions: Object.fromEntries(reservations.map(({ state }) => [state.cartId, state.version])),
    rejections: toldOf('InventoryReservationRejected', reservations),
    confirmations: toldOf('InventoryReserved', reservations),
  };
}

function toldOf(eventType: EventType, reservations: ReservationDecision['reservations']) {
  return reservations.flatMap(({ events }) => events.filter((event) => event.eventType === eventType));
}

test('what moves from cart to cart stays held', () => {
  const claims = [{ ...claim('guest', 5, 0), movedTo: 'c' }, claim('c', 7, 6)];
  const reservations = [holding('c', 6, 4), holding('guest', 4, 2)];
  const { inventory, held, rejections } = applied(widgetWith(0), reservations, ...claims);
  assert.deepEqual([inventory, held, rejections], [0, { guest: 0, c: 6 }, []]);
});

test("what a cart takes over is nobody else's for a moment, whatever stands where in the batch", () => {
  const moved = (from: string, version: number, to: string) => ({ ...claim(from, version, 0), movedTo: to });
  const merge = [moved('guest', 5, 'c'), claim('c', 7, 6)];
  const chain = [moved('guest', 5, 'b'), claim('b', 3, 2), moved('b', 4, 'c'), claim('c', 7, 6)];
  const other = claim('other', 1, 1);
  const reservations = [holding('c', 6, 4), holding('guest', 4, 2)];
  for (const batch of [merge, chain, chain.toReversed(), [...merge, claim('c', 8, 6)]]) {
    for (let i = 0; i <= batch.length; i++) {
      const { held, inventory } = applied(widgetWith(0), reservations, ...batch.toSpliced(i, 0, other));
      assert.deepEqual([held['c'], held['guest'], held['other'], inventory], [6, 0, 0, 0]);
    }
  }
});

test('carts that claim to move to each other end, and make no stock', () => {
  const moves = [
    { ...claim('a', 2, 0), movedTo: 'b' },
    { ...claim('b', 2, 0), movedTo: 'a' },
  ];
  const { held, inventory } = applied(widgetWith(0), [holding('a', 1, 3)], ...moves);
  assert.deepEqual([held, inventory], [{ a: 0, b: 0 }, 3]);
});

test('what is given back comes first, wherever it stands in the batch', () => {
  const reservations = [holding('a', 1, 3)];
  const { held } = applied(widgetWith(0), reservations, claim('b', 1, 3), claim('a', 2, 0));
  assert.deepEqual(held, { a: 0, b: 3 });
});

test('holds what is there and confirms it: the stock falls, a new version, one event', () => {
  const { product, inventory, held, events, rejections, confirmations } = applied(
    widgetWith(10),
    [],
    claim('c', 2, 4),
  );
  assert.deepEqual([inventory, held, rejections], [6, { c: 4 }, []]);
  assert.deepEqual(confirmations, [], 'the event of the product says it');
  assert.equal(product?.version, 2);
  const [event = assert.fail(), ...others] = events;
  assert.ok(event.eventType === 'ProductUpdated' && others.length === 0);
  assert.deepEqual([event.inventory, event.reserved], [6, [{ cartId: 'c', qty: 4, cartVersion: 2 }]]);
});

test('confirms by an event of its own where the product stays as it is', () => {
  const widget = widgetWith(6);
  const { product, events, confirmations } = applied(widget, [holding('c', 2, 4)], claim('c', 3, 4));
  assert.deepEqual([product, events], [widget, []]);
  assert.deepEqual(confirmations, [
    { eventType: 'InventoryReserved', productId: 'p', cartId: 'c', cartVersion: 3, qty: 4, timestamp: T1 },
  ]);
});

test('confirms neither what was refused nor what is given back', () => {
  const claims = [claim('a', 2, 0), claim('b', 1, 9), claim('c', 1, 5)];
  const { events, rejections } = applied(widgetWith(5), [holding('a', 1, 1)], ...claims);
  const told = events.map((event) => 'reserved' in event && event.reserved);
  assert.deepEqual([told, rejections.length], [[[{ cartId: 'c', qty: 5, cartVersion: 1 }]], 1]);
});

test('a claim is absolute: it moves the stock by the difference to what the cart holds', () => {
  assert.deepEqual(applied(widgetWith(6), [holding('c', 2, 4)], claim('c', 3, 9)).inventory, 1);
  assert.deepEqual(applied(widgetWith(6), [holding('c', 2, 4)], claim('c', 3, 1)).inventory, 9);
  assert.deepEqual(applied(widgetWith(6), [holding('c', 2, 4)], claim('c', 3, 0)).inventory, 10);
});

test('of one cart the newest claim wins, wherever it stands in the batch', () => {
  const claims = [claim('c', 3, 1), claim('c', 5, 2), claim('c', 4, 9), claim('d', 1, 3)];
  const { inventory, held, versions } = applied(widgetWith(10), [], ...claims);
  assert.deepEqual([inventory, held, versions], [5, { c: 2, d: 3 }, { c: 5, d: 1 }]);
});

test('a stale or repeated claim changes nothing', () => {
  const widget = widgetWith(6);
  const result = applied(widget, [holding('c', 5, 4)], claim('c', 4, 1), claim('c', 5, 4));
  assert.equal(result.product, widget);
  assert.deepEqual([result.events, result.held, result.rejections, result.confirmations], [[], {}, [], []]);
});

test('what does not fit is rejected whole, and the cart then holds nothing', () => {
  const { inventory, held, rejections } = applied(widgetWith(3), [holding('c', 2, 4)], claim('c', 3, 8));
  assert.deepEqual([inventory, held], [7, { c: 0 }]);
  assert.deepEqual(rejections, [
    {
      eventType: 'InventoryReservationRejected',
      cartId: 'c',
      productId: 'p',
      requestedQty: 8,
      availableQty: 7,
      cartVersion: 3,
      productVersion: 2,
      timestamp: T1,
    },
  ]);
});

test('a rejection says which version of the product it goes with, if there is a product', () => {
  const versionsOf = (...args: Parameters<typeof applied>) =>
    applied(...args).rejections.map((event) => 'productVersion' in event && event.productVersion);
  assert.deepEqual(versionsOf(widgetWith(3), [], claim('c', 3, 4)), [1]);
  assert.deepEqual(versionsOf(widgetWith(3), [], claim('c', 3, 4), claim('d', 1, 2)), [2]);
  assert.deepEqual(versionsOf(undefined, [], claim('c', 3, 4)), [false]);
});

test('a rejection that moves no stock tells nothing of the product', () => {
  const widget = widgetWith(3);
  const { product, events, versions } = applied(widget, [], claim('c', 3, 4));
  assert.equal(product, widget);
  assert.deepEqual([events, versions], [[], { c: 3 }]);
});

test('a checkout consumes what is held, also when it overtook the claim to hold', () => {
  const after = applied(widgetWith(6), [holding('c', 2, 4)], claim('c', 3, 4, 'consume'));
  assert.deepEqual([after.inventory, after.held, after.rejections], [6, { c: 0 }, []]);
  assert.deepEqual(after.confirmations, []);
  const overtaking = applied(widgetWith(10), [], claim('c', 3, 4, 'consume'));
  assert.deepEqual([overtaking.inventory, overtaking.held], [6, { c: 0 }]);
  assert.deepEqual(applied(widgetWith(6), [holding('c', 3, 0)], claim('c', 2, 4)).inventory, 6);
});

test('a checkout of more than there is takes what there is, and says so', () => {
  const { inventory, rejections } = applied(widgetWith(1), [holding('c', 2, 2)], claim('c', 3, 5, 'consume'));
  assert.equal(inventory, 0);
  assert.deepEqual(
    rejections.map((event) => 'availableQty' in event && event.availableQty),
    [3],
  );
});

test('a product that is unknown or deleted has nothing to hold, and takes nothing back', () => {
  const { state: deleted } = deleteProduct(widgetWith(9), 'p', T0, () => true);
  for (const stored of [undefined, deleted]) {
    const { product, events, held, rejections } = applied(stored, [], claim('c', 2, 1));
    assert.equal(product, stored);
    assert.deepEqual([events, held, rejections.length], [[], { c: 0 }, 1]);

    const returned = applied(stored, [holding('c', 2, 4)], claim('c', 3, 0), claim('d', 1, 2));
    assert.equal(returned.product, stored);
    assert.deepEqual(returned.held, { c: 0, d: 0 }, 'd must not hold what c gave back to nothing');
    assert.equal(returned.rejections.length, 1);
  }
});

test('whatever carts claim: stock is neither made nor lost, never below 0, and a consumer reads every event', () => {
  const claims = fc.array(
    fc.record({
      kind: fc.constant<'hold'>('hold'),
      productId: fc.constant('p'),
      cartId: fc.constantFrom('a', 'b', 'c'),
      cartVersion: fc.integer({ min: 1, max: 9 }),
      qty: fc.nat({ max: 12 }),
    }),
    { maxLength: 10 },
  );
  const helds = fc.array(fc.record({ version: fc.integer({ min: 1, max: 9 }), held: fc.nat({ max: 9 }) }), {
    minLength: 3,
    maxLength: 3,
  });
  fc.assert(
    fc.property(fc.nat({ max: 20 }), helds, claims, (inventory, helds, claims) => {
      const before = helds.map(({ version, held }, i) => holding('abc'.charAt(i), version, held));
      const after = applied(widgetWith(inventory), before, ...claims);
      const heldAfter = before.map(({ cartId, held }) => after.held[cartId] ?? held);
      const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
      assert.equal((after.inventory ?? 0) + sum(heldAfter), inventory + sum(before.map(({ held }) => held)));
      assert.ok((after.inventory ?? 0) >= 0);
      for (const event of [...after.events, ...after.rejections, ...after.confirmations]) {
        const sent = { ...event, eventId: 'e', schemaVersion: 1 };
        assert.deepEqual(readEvent(JSON.stringify(sent)), { ok: true, event: sent });
      }
    }),
    { numRuns: 300 },
  );
});
