import type { NewEvent } from '@tandem/contracts/events';
import { createProduct, type NewProduct } from './edit-product.ts';
import {
  type CurrentProduct,
  live,
  type Product,
  type ProductDecision,
  type StoredProduct,
} from './product.ts';
import type { StockRequest } from './request.ts';
import type { Moment, Reservation } from './reservation.ts';
import { reserve, type ReserveDecision } from './reserve.ts';

export const T0 = '2026-02-14T15:00:00.000Z';
export const T1 = '2026-02-14T16:00:00.000Z';
/** A hold that begins at T1 expires then. */
export const T1_HELD_UNTIL = '2026-02-14T16:15:00.000Z';

export const moment: Moment = { now: T1, heldUntil: T1_HELD_UNTIL, isBeyondHorizon: () => false };

export const widgetInput: NewProduct = {
  content: {
    name: 'Acme Widget',
    description: 'Turns',
    category: 'widgets',
    price: 1999,
    currency: 'USD',
  },
  inventory: 120,
};

/** What a table would read after this decision. */
export function after(
  { state, description }: ProductDecision | { state: CurrentProduct['stored']; description?: never },
  before: CurrentProduct = { stored: undefined },
): CurrentProduct {
  return { stored: state, description: description ?? before.description };
}

/** A product `p` with this much on hand, of which carts hold some. */
export function productWith(onHand: number, held = 0): Product {
  const content = { name: 'Acme Widget', price: 1999, currency: 'USD' };
  const { state } = createProduct({ stored: undefined }, 'p', { content, inventory: onHand }, T0);
  return { ...state, held };
}

export function request(
  cartId: string,
  cartVersion: number,
  qty: number,
  other: Partial<StockRequest> = {},
): StockRequest {
  const fields = { kind: 'hold', holder: 'guest', timestamp: T0, movedFrom: [] } as const;
  return { ...fields, productId: 'p', cartId, cartVersion, qty, ...other };
}

export function holding(
  cartId: string,
  cartVersion: number,
  held: number,
  other: Partial<Reservation> = {},
): Reservation {
  return {
    productId: 'p',
    cartId,
    version: 1,
    cartVersion,
    grantedVersion: cartVersion,
    requestedQty: held,
    held,
    outcome: held > 0 ? 'held' : 'released',
    holder: 'guest',
    incarnation: 1,
    updatedAt: T0,
    ...other,
  };
}

/** A decision as tests look at it. */
export function seen(decision: ReserveDecision) {
  const { product, events, reservations, effects } = decision;
  const stock = live(product);
  return {
    product,
    stock: stock && [stock.onHand, stock.held],
    events,
    effects,
    held: Object.fromEntries(reservations.map(({ state }) => [state.cartId, state.held])),
    states: Object.fromEntries(reservations.map(({ state }) => [state.cartId, state])),
    responses: reservations.flatMap(({ events }) => events),
    all: [...events, ...reservations.flatMap(({ events }) => events)],
  };
}

export const typesOf = (events: readonly NewEvent[]) => events.map(({ eventType }) => eventType);

/** What requests do to a product and to these reservations. */
export function applied(
  stored: StoredProduct | undefined,
  before: readonly Reservation[],
  requests: readonly StockRequest[],
  at: Moment = moment,
) {
  const find = (cartId: string) => before.find((reservation) => reservation.cartId === cartId);
  return seen(reserve(stored, find, requests, at));
}
