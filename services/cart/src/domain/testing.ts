import { DomainError } from '@tandem/chassis/errors';
import type { EventOf } from '@tandem/contracts/events';
import { addItem, type Cart, type CartDecision, openCart } from './cart.ts';
import type { Catalog, CatalogEntry, CatalogProduct } from './catalog.ts';
import { type Line, lineOf } from './line.ts';
import { markRejected, markReserved } from './reservation.ts';

/** A minute of the tests' day, and the expiry a week later. */
export const at = (minute: number) => ({
  now: `2026-02-14T15:0${minute}:00.000Z`,
  expiresAt: `2026-02-21T15:0${minute}:00.000Z`,
});

/** A product with stock for any cart, unless told otherwise. */
export function product(productId: string, other: Partial<CatalogProduct> = {}): CatalogProduct {
  const state = { version: 1, price: 1999, currency: 'USD', inventory: 5_000, updatedAt: at(0).now };
  return { productId, name: `Product ${productId}`, ...state, ...other };
}

export function catalogOf(...entries: readonly CatalogEntry[]): Catalog {
  return { entries: new Map(entries.map((entry) => [entry.productId, entry])), isSynchronised: true };
}

/** A cart to which this was added in one change each. */
export function cartWith(
  cartId: string,
  items: readonly (readonly [product: CatalogProduct, qty: number])[],
  userId: string | null = 'user-123',
): Cart {
  const { state: empty } = openCart(cartId, userId, at(0));
  return items.reduce((cart, [product, qty]) => addItem(cart, product, qty, at(1)).state, empty);
}

/** Product's yes to what the cart last asked of a product. */
export function confirmationOf(cart: Cart, productId: string): EventOf<'InventoryReserved'> {
  const { qty, changedAt } = expectLine(cart, productId);
  const answer = { cartId: cart.cartId, productId, cartVersion: changedAt, timestamp: at(2).now };
  return { eventType: 'InventoryReserved', ...answer, qty };
}

/** Product's no to what the cart last asked of a product: one unit could be had. */
export function rejectionOf(cart: Cart, productId: string): EventOf<'InventoryReservationRejected'> {
  const { qty, changedAt } = expectLine(cart, productId);
  const answer = { cartId: cart.cartId, productId, cartVersion: changedAt, timestamp: at(2).now };
  return { eventType: 'InventoryReservationRejected', ...answer, requestedQty: qty, availableQty: 1 };
}

/** The cart once Product holds what these lines ask for; all of its lines unless some are named. */
export function withReserved(
  cart: Cart,
  productIds: readonly string[] = cart.lines.map(({ productId }) => productId),
): Cart {
  return productIds.reduce((cart, id) => markReserved(cart, confirmationOf(cart, id)).state, cart);
}

export function withRejected(cart: Cart, productId: string): Cart {
  return markRejected(cart, rejectionOf(cart, productId)).state;
}

export function expectLine(cart: Cart, productId: string): Line {
  const line = lineOf(cart.lines, productId);
  if (!line) throw new Error(`no line of ${productId}`);
  return line;
}

/** What is told of one line: type, change, quantity after it, cart's version. */
export function told({ events }: Pick<CartDecision, 'events'>) {
  return events.map((event) =>
    'lineQty' in event
      ? [event.eventType, event.productId, event.qty, event.lineQty, event.cartVersion]
      : event.eventType,
  );
}

/** How a decision is refused: kind, code and details of what it throws. */
export function refusalOf(decide: () => unknown) {
  try {
    decide();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { kind, code, details } = error;
    return { kind, code, ...(details && { details }) };
  }
  throw new Error('it was not refused');
}
