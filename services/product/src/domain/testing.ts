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
import type { HoldTiming, Reservation } from './reservation.ts';
import { reserve, type ReserveDecision } from './reserve.ts';

export const T0 = '2026-02-14T15:00:00.000Z';
export const T1 = '2026-02-14T16:00:00.000Z';
/** Expiry of a hold that is confirmed at T1. */
export const T1_HELD_UNTIL = '2026-02-14T16:15:00.000Z';

export const timing: HoldTiming = { now: T1, heldUntil: T1_HELD_UNTIL, isBeyondHorizon: () => false };

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

/** The stored product after this decision. */
export function after(
  { state, description }: ProductDecision | { state: CurrentProduct['stored']; description?: never },
  before: CurrentProduct = { stored: undefined },
): CurrentProduct {
  return { stored: state, description: description ?? before.description };
}

/** A product `p` with these units on hand and held. */
export function productWith(onHand: number, held = 0): Product {
  const content = { name: 'Acme Widget', price: 1999, currency: 'USD' };
  const { state } = createProduct({ stored: undefined }, 'p', { content, inventory: onHand }, T0);
  return { ...state, held };
}

export function request(
  cartId: string,
  cartVersion: number,
  qty: number,
  overrides: Partial<StockRequest> = {},
): StockRequest {
  const fields = { kind: 'hold', holder: 'guest', timestamp: T0, movedFrom: [] } as const;
  return { ...fields, productId: 'p', cartId, cartVersion, qty, ...overrides };
}

export function hold(
  cartId: string,
  cartVersion: number,
  held: number,
  overrides: Partial<Reservation> = {},
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
    ...overrides,
  };
}

/** Summary of a decision, for assertions. */
export function summaryOf(decision: ReserveDecision) {
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
    allEvents: [...events, ...reservations.flatMap(({ events }) => events)],
  };
}

export const typesOf = (events: readonly NewEvent[]) => events.map(({ eventType }) => eventType);

/** Applies requests to a product with these reservations; returns a summary of the decision. */
export function applyRequests(
  stored: StoredProduct | undefined,
  before: readonly Reservation[],
  requests: readonly StockRequest[],
  timingOfRequests: HoldTiming = timing,
) {
  const find = (cartId: string) => before.find((reservation) => reservation.cartId === cartId);
  return summaryOf(reserve(stored, find, requests, timingOfRequests));
}
