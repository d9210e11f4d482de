import { DomainError } from '@tandem/chassis/errors';
import type { EventOf, TandemEvent } from '@tandem/contracts/events';
import { addItem, type Cart, type CartDecision, openCart } from './cart.ts';
import type { Catalog, CatalogEntry, CatalogProduct } from './catalog.ts';
import { type Line, lineOf } from './line.ts';
import { applyResponses, responsesOf } from './reservation.ts';

/** Times of a change at this minute, with the expiry a week later. */
export const at = (minute: number) => ({
  now: `2026-02-14T15:0${minute}:00.000Z`,
  expiresAt: `2026-02-21T15:0${minute}:00.000Z`,
});

/** A product with ample stock. Default: at version 1. */
export function product(productId: string, overrides: Partial<CatalogProduct> = {}): CatalogProduct {
  const state = { version: 1, price: 1999, currency: 'USD', inventory: 5_000, updatedAt: at(0).now };
  return { productId, name: `Product ${productId}`, ...state, ...overrides };
}

export function catalogOf(...entries: readonly CatalogEntry[]): Catalog {
  return { entries: new Map(entries.map((entry) => [entry.productId, entry])), isSynchronised: true };
}

/** A cart with these lines, each added in one change. */
export function cartWith(
  cartId: string,
  items: readonly (readonly [product: CatalogProduct, qty: number])[],
  userId: string | null = 'user-123',
): Cart {
  const { state: empty } = openCart(cartId, userId, at(0));
  return items.reduce((cart, [product, qty]) => addItem(cart, product, qty, at(1)).state, empty);
}

/** Product's confirmation of the newest request for a product. */
export function confirmationOf(
  cart: Cart,
  productId: string,
  overrides: Partial<EventOf<'InventoryReserved'>> = {},
): EventOf<'InventoryReserved'> {
  const { qty } = expectLine(cart, productId);
  return { eventType: 'InventoryReserved', ...orderOf(cart, productId), qty, ...overrides };
}

/** Product's rejection of the newest request for a product. Default: one unit is available, none is held. */
export function rejectionOf(
  cart: Cart,
  productId: string,
  overrides: Partial<EventOf<'InventoryReservationRejected'>> = {},
): EventOf<'InventoryReservationRejected'> {
  const { qty } = expectLine(cart, productId);
  const eventType = 'InventoryReservationRejected' as const;
  return {
    eventType,
    ...orderOf(cart, productId),
    requestedQty: qty,
    availableQty: 1,
    keptQty: 0,
    ...overrides,
  };
}

/** The expiry of the hold by the newest request for a product. */
export function expiryOf(
  cart: Cart,
  productId: string,
  overrides: Partial<EventOf<'InventoryReservationExpired'>> = {},
): EventOf<'InventoryReservationExpired'> {
  const { qty } = expectLine(cart, productId);
  const order = { ...orderOf(cart, productId), revision: 2 };
  return { eventType: 'InventoryReservationExpired', ...order, qty, ...overrides };
}

function orderOf(cart: Cart, productId: string) {
  const { requestedAt: cartVersion } = expectLine(cart, productId);
  return {
    cartId: cart.cartId,
    productId,
    cartVersion,
    revision: 1,
    productVersion: 2,
    timestamp: at(2).now,
  };
}

/** Applies the reservation responses in these events. */
export function respond(cart: Cart, ...events: readonly TandemEvent[]): CartDecision {
  return applyResponses(cart, events.flatMap(responsesOf), at(2).now);
}

/** The cart after the confirmation of these lines. Default: all lines. */
export function withReserved(
  cart: Cart,
  productIds: readonly string[] = cart.lines.map(({ productId }) => productId),
): Cart {
  return productIds.reduce((cart, id) => respond(cart, confirmationOf(cart, id)).state, cart);
}

export function withRejected(cart: Cart, productId: string): Cart {
  return respond(cart, rejectionOf(cart, productId)).state;
}

export function withExpired(cart: Cart, productId: string): Cart {
  return respond(cart, expiryOf(cart, productId)).state;
}

export function expectLine(cart: Cart, productId: string): Line {
  const line = lineOf(cart.lines, productId);
  if (!line) throw new Error(`The cart has no line of ${productId}`);
  return line;
}

/** Summary of events. For a line event: type, product, change, quantity after it and cart version; otherwise the type. */
export function summaryOf({ events }: Pick<CartDecision, 'events'>) {
  return events.map((event) =>
    'lineQty' in event
      ? [event.eventType, event.productId, event.qty, event.lineQty, event.cartVersion]
      : event.eventType,
  );
}

/** Kind, code and details of the error that a decision throws. */
export function errorOf(decide: () => unknown) {
  try {
    decide();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { kind, code, details } = error;
    return { kind, code, ...(details && { details }) };
  }
  throw new Error('The decision did not throw');
}
