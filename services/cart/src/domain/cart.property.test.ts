import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import type { NewEvent } from '@tandem/contracts/events';
import { readEvent } from '@tandem/contracts/read-event';
import * as fc from 'fast-check';
import { acceptPrice } from './accept-price.ts';
import {
  addItem,
  type Cart,
  type CartDecision,
  deleteCart,
  openCart,
  removeItem,
  setQuantity,
} from './cart.ts';
import type { CatalogProduct } from './catalog.ts';
import { checkOut, expireCart } from './checkout.ts';
import { renewHolds } from './hold.ts';
import { holdOf, lineOf } from './line.ts';
import { mergeCarts } from './merge.ts';
import { applyResponse, type HoldResponse } from './reservation.ts';
import { catalogOf, product } from './testing.ts';

const times = { now: '2026-02-14T15:00:00.000Z', expiresAt: '2026-02-21T15:00:00.000Z' };

/** The carts by their ids. */
type Carts = Readonly<Record<string, Cart>>;
/** A decision about one cart, or about both carts of a merge. */
type Change = (carts: Carts) => readonly CartDecision[];

const products: fc.Arbitrary<CatalogProduct> = fc.record({
  productId: fc.constantFrom('a', 'b', 'c'),
  version: fc.constant(1),
  name: fc.string({ maxLength: 10 }),
  price: fc.nat({ max: 90_000_000_000 }),
  currency: fc.constantFrom('USD', 'USD', 'USD', 'EUR'),
  inventory: fc.nat({ max: 2_000 }),
  updatedAt: fc.constant(times.now),
});
const qty = fc.nat({ max: 600 });
const cartIds = fc.constantFrom('x', 'y', 'z');
const cartOf = (carts: Carts, id: string) => carts[id] ?? assert.fail(`no cart ${id}`);

const lineChanges: fc.Arbitrary<(cart: Cart) => CartDecision> = fc.oneof(
  fc.tuple(products, qty).map(
    ([product, qty]) =>
      (cart: Cart) =>
        addItem(cart, product, qty + 1, times),
  ),
  fc.tuple(products, qty).map(([product, qty]) => {
    return (cart: Cart) => setQuantity(cart, product.productId, catalogOf(product), qty, times);
  }),
  products.map((product) => (cart: Cart) => {
    const { qty } = lineOf(cart.lines, product.productId) ?? { qty: 0 };
    return setQuantity(cart, product.productId, catalogOf(product), qty, times);
  }),
  products.map(
    ({ productId }) =>
      (cart: Cart) =>
        removeItem(cart, productId, times),
  ),
  products.map((product) => (cart: Cart) => renewHolds(cart, catalogOf(product), times)),
  products.map(
    (product) => (cart: Cart) => acceptPrice(cart, product.productId, catalogOf(product), {}, times),
  ),
);
const outcomes = fc.constantFrom<HoldResponse['outcome'][]>(
  'confirmed',
  'confirmed',
  'confirmed',
  'rejected',
  'expired',
);
const responses: fc.Arbitrary<(cart: Cart) => CartDecision> = fc
  .tuple(products, outcomes, fc.constantFrom(0, 0, 0, -1), fc.option(fc.nat({ max: 20 }), { nil: undefined }))
  .map(([{ productId }, outcome, lag, revision]) => (cart: Cart) => {
    const { cartId, lines } = cart;
    const { requestedAt = 1, qty = 1 } = lineOf(lines, productId) ?? {};
    const heldQty = { confirmed: qty, rejected: Math.floor(qty / 2), expired: 0 }[outcome];
    const order = { cartId, productId, cartVersion: requestedAt + lag, revision };
    return applyResponse(cart, { outcome, ...order, heldQty, availableQty: heldQty }, times.now);
  });
const merges = fc.tuple(cartIds, cartIds).map(([targetId, sourceId]): Change => (carts) => {
  const mergeTimes = { target: times, source: times };
  const { target, source } = mergeCarts(
    cartOf(carts, targetId),
    cartOf(carts, sourceId),
    catalogOf(),
    mergeTimes,
  );
  return [target, source];
});
const checkouts = cartIds.map((id): Change => (carts) => {
  const cart = cartOf(carts, id);
  const unchangedProducts = cart.lines.map(({ productId, priceAtAdd }) =>
    product(productId, { price: priceAtAdd, ...(cart.currency && { currency: cart.currency }) }),
  );
  return [checkOut(cart, catalogOf(...unchangedProducts), times)];
});
const deletions = cartIds.map((id): Change => (carts) => [deleteCart(cartOf(carts, id), times)]);
const changes: fc.Arbitrary<Change> = fc.oneof(
  { weight: 10, arbitrary: onOneCart(lineChanges) },
  { weight: 16, arbitrary: onOneCart(responses) },
  { weight: 2, arbitrary: merges },
  { weight: 6, arbitrary: checkouts },
  { weight: 1, arbitrary: deletions },
);

function onOneCart(changes: fc.Arbitrary<(cart: Cart) => CartDecision>): fc.Arbitrary<Change> {
  return fc.tuple(cartIds, changes).map(([id, change]): Change => (carts) => [change(cartOf(carts, id))]);
}

/** Asserts that a consumer reads the event with all of its fields. */
function assertReadable(event: NewEvent): void {
  const sent = { ...event, eventId: 'e', schemaVersion: 1 };
  assert.deepEqual(readEvent(JSON.stringify(sent)), { ok: true, event: sent });
}

/** A consumer that derives the lines of carts from their events only. */
function createProjection() {
  const linesOf = new Map<string, Map<string, number>>();
  return {
    apply({ events, state }: CartDecision) {
      const lines = linesOf.get(state.cartId) ?? new Map<string, number>();
      linesOf.set(state.cartId, lines);
      for (const event of events) {
        assertReadable(event);
        assert.ok('cartVersion' in event);
        assert.deepEqual([event.cartId, event.cartVersion], [state.cartId, state.version]);
        if (event.eventType === 'CartCheckedOut' || event.eventType === 'InventoryReservationRequested')
          continue;
        assert.ok('lineQty' in event && event.lineQty !== undefined);
        assert.ok(event.qty >= 1);
        if (event.lineQty > 0) lines.set(event.productId, event.lineQty);
        else lines.delete(event.productId);
      }
    },
    assertEquals({ cartId, lines }: Cart) {
      assert.deepEqual(linesOf.get(cartId), new Map(lines.map(({ productId, qty }) => [productId, qty])));
    },
  };
}

/** The total units of each product in these carts. */
function unitsIn(carts: readonly Cart[]): Record<string, number> {
  const units: Record<string, number> = {};
  for (const { productId, qty } of carts.flatMap(({ lines }) => lines))
    units[productId] = (units[productId] ?? 0) + qty;
  return units;
}

/** Asserts that every departure of a merge has an arrival of the same units, and that both name each other's version. */
function assertMoved(decisions: readonly CartDecision[]): number {
  const events = decisions.flatMap(({ events }) => events);
  const departures = events.flatMap((event) =>
    event.eventType === 'ProductRemovedFromCart' && event.movedTo
      ? [[event.productId, event.qty, event.cartId, event.cartVersion, event.movedTo]]
      : [],
  );
  const arrivals = events.flatMap((event) => {
    if (event.eventType !== 'ProductAddedToCart') return [];
    const { productId, qty, cartId, cartVersion, movedFrom } = event;
    const from = movedFrom?.at(-1);
    return from ? [[productId, qty, from.cartId, from.cartVersion, { cartId, cartVersion }]] : [];
  });
  if (decisions.length === 2) assert.deepEqual(arrivals, departures);
  assert.equal(departures.length, decisions.length === 2 ? events.length / 2 : 0);
  return departures.length;
}

function assertInvariants({ status, lines, currency, version }: Cart): void {
  if (status === 'open') assert.equal(currency === null, lines.length === 0);
  assert.ok(lines.every(({ qty }) => qty >= 1 && qty <= 999));
  assert.ok(
    lines.every(({ requestedAt, response }) => requestedAt <= version && response.cartVersion <= version),
  );
  assert.ok(lines.every(({ heldQty, heldUntil, holdVersion }) => heldQty > 0 || !(heldUntil ?? holdVersion)));
}

test('for any commands: the lines can be derived from the events, merges conserve units, and only held lines are checked out', () => {
  const coverage = { moves: 0, checkouts: 0 };
  fc.assert(
    fc.property(
      fc.option(fc.string({ maxLength: 10 })),
      fc.array(changes, { minLength: 20, maxLength: 60, size: 'max' }),
      (userId, history) => {
        const projection = createProjection();
        const opened = ['x', 'y', 'z'].map((id) => openCart(id, userId, times));
        for (const decision of opened) projection.apply(decision);
        let carts: Carts = Object.fromEntries(opened.map(({ state }) => [state.cartId, state]));

        for (const change of history) {
          const before = carts;
          let decisions: readonly CartDecision[];
          try {
            decisions = change(carts);
          } catch (error) {
            assert.ok(error instanceof DomainError);
            continue;
          }
          for (const decision of decisions) {
            const { state } = decision;
            const old = cartOf(before, state.cartId);
            projection.apply(decision);
            projection.assertEquals(state);
            assertInvariants(state);
            assert.equal(state.version, old.version + (state === old ? 0 : 1));
            if (state === old) assert.deepEqual(decision.events, []);
            if (old.status === 'checkedOut') assert.equal(state, old, 'an order does not change');
            if (old.status === 'deleted' || old.status === 'merged') assert.deepEqual(state.lines, []);
            if (old.status === 'open' && state.status === 'checkedOut') {
              coverage.checkouts += 1;
              assert.deepEqual(state.lines, old.lines);
              assert.ok(old.lines.every((line) => holdOf(line, undefined) === 'held'));
            }
            carts = { ...carts, [state.cartId]: state };
          }
          coverage.moves += assertMoved(decisions);
          if (decisions.length === 2)
            assert.deepEqual(unitsIn(Object.values(carts)), unitsIn(Object.values(before)));
        }

        for (const cart of Object.values(carts)) {
          for (const event of expireCart(cart)) {
            assertReadable(event);
            assert.equal('cartVersion' in event && event.cartVersion, cart.version + 1);
          }
        }
      },
    ),
    { numRuns: 2_000 },
  );
  assert.ok(coverage.moves > 100 && coverage.checkouts > 100, JSON.stringify(coverage));
});
