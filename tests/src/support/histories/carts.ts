import {
  addItem,
  type Cart,
  type CartDecision,
  deleteCart,
  openCart,
  removeItem,
  setQuantity,
} from '@tandem/cart/domain/cart';
import { checkOut, expireCart } from '@tandem/cart/domain/checkout';
import { lineOf } from '@tandem/cart/domain/line';
import { mergeCarts } from '@tandem/cart/domain/merge';
import { applyResponses, responsesOf } from '@tandem/cart/domain/reservation';
import type { NewEvent, TandemEvent } from '@tandem/contracts/events';
import * as fc from 'fast-check';
import { ifAllowed, moment, NOW, readEvents } from './delivery.ts';

/** Events of some carts, and their final states; an expired cart counts as deleted. */
export interface CartsHistory {
  readonly carts: readonly Cart[];
  readonly events: readonly TandemEvent[];
}

type CartChange = (cart: Cart) => CartDecision;
const productIds = fc.constantFrom('p', 'q');
const quantities = fc.integer({ min: 1, max: 12 });
const inCatalog = (productId: string) => ({
  productId,
  version: 1,
  name: productId,
  price: 1999,
  currency: 'USD',
  inventory: 5_000,
  updatedAt: NOW,
});
const catalog = {
  entries: new Map(['p', 'q'].map((id) => [id, inCatalog(id)])),
  isSynchronised: true,
};
const unchanged: CartChange = (state) => ({ state, events: [] });
const cartChanges: fc.Arbitrary<CartChange> = fc.oneof(
  fc.tuple(productIds, quantities).map(
    ([id, qty]): CartChange =>
      (cart) =>
        addItem(cart, inCatalog(id), qty, moment),
  ),
  fc.tuple(productIds, quantities).map(
    ([id, qty]): CartChange =>
      (cart) =>
        setQuantity(cart, id, catalog, qty, moment),
  ),
  productIds.map(
    (id): CartChange =>
      (cart) =>
        removeItem(cart, id, moment),
  ),
  productIds.map(
    (id): CartChange =>
      (cart) =>
        responded(cart, rejectionOf(cart, id)),
  ),
  productIds.map(
    (id): CartChange =>
      (cart) =>
        responded(cart, confirmationOf(cart, id)),
  ),
);
const ends: fc.Arbitrary<CartChange> = fc.constantFrom<CartChange[]>(
  unchanged,
  unchanged,
  (cart) => deleteCart(cart, moment),
  (cart) => {
    const confirmed = ['p', 'q'].reduce((cart, id) => responded(cart, confirmationOf(cart, id)).state, cart);
    return checkOut(confirmed, catalog, moment);
  },
  (cart) =>
    cart.status === 'open'
      ? { state: { ...cart, status: 'deleted', lines: [] }, events: expireCart(cart) }
      : unchanged(cart),
);

type CartsChange = (cartOf: (id: string) => Cart) => readonly CartDecision[];

/**
 * Creates an arbitrary of histories that Cart's domain allows: adds, quantities, removals, responses of Product, merges, and at
 * the end of each cart its expiry, checkout, deletion or neither.
 */
export function cartHistories(...cartIds: readonly [string, ...string[]]): fc.Arbitrary<CartsHistory> {
  const ids = fc.constantFrom(...cartIds);
  const ofOneCart = (changes: fc.Arbitrary<CartChange>): fc.Arbitrary<CartsChange> =>
    fc.tuple(ids, changes).map(([id, change]): CartsChange => (cartOf) => [change(cartOf(id))]);
  const merges = fc.tuple(ids, ids).map(([targetId, sourceId]): CartsChange => (cartOf) => {
    const moments = { target: moment, source: moment };
    const { target, source } = mergeCarts(cartOf(targetId), cartOf(sourceId), catalog, moments);
    return [target, source];
  });
  const changes = fc.oneof(
    { weight: 12, arbitrary: ofOneCart(cartChanges) },
    { weight: cartIds.length > 1 ? 2 : 0, arbitrary: merges },
  );
  return fc
    .tuple(
      fc.array(changes, { minLength: 1, maxLength: 12 * cartIds.length, size: 'max' }),
      fc.array(ofOneCart(ends), { maxLength: cartIds.length }),
    )
    .map(([changes, ends]) => historyOf(cartIds, [...changes, ...ends]));
}

function historyOf(cartIds: readonly string[], changes: readonly CartsChange[]): CartsHistory {
  const events: NewEvent[] = [];
  const carts = new Map(cartIds.map((id) => [id, openCart(id, null, moment).state]));
  for (const change of changes) {
    const decisions = ifAllowed(() => change((id) => carts.get(id) ?? openCart(id, null, moment).state));
    for (const decision of decisions ?? []) {
      carts.set(decision.state.cartId, decision.state);
      events.push(...decision.events);
    }
  }
  return { carts: [...carts.values()], events: readEvents(events) };
}

/** The cart after a response of Product. */
function responded(cart: Cart, response: NewEvent): CartDecision {
  return applyResponses(cart, readEvents([response]).flatMap(responsesOf), NOW);
}

/** Rejection of the last request of a cart for a product. */
export function rejectionOf(cart: Pick<Cart, 'cartId' | 'lines'>, productId: string) {
  const { qty, ...requested } = lastRequest(cart, productId);
  const eventType = 'InventoryReservationRejected' as const;
  return { eventType, ...requested, requestedQty: qty, availableQty: 0, timestamp: NOW };
}

/** Confirmation of the last request of a cart for a product. */
export function confirmationOf(cart: Pick<Cart, 'cartId' | 'lines'>, productId: string) {
  return { eventType: 'InventoryReserved' as const, ...lastRequest(cart, productId), timestamp: NOW };
}

function lastRequest({ cartId, lines }: Pick<Cart, 'cartId' | 'lines'>, productId: string) {
  const { qty, requestedAt } = lineOf(lines, productId) ?? { qty: 1, requestedAt: 1 };
  return { cartId, productId, qty, cartVersion: requestedAt };
}
