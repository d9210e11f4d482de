import { DomainError } from '@tandem/chassis/errors';
import type { NewEvent } from '@tandem/contracts/events';
import { type Cart, type CartDecision, type Times, requireOpen, totalOf } from './cart.ts';
import { type Catalog, notSynchronised } from './catalog.ts';
import { type HoldRequirements, isHeldFor } from './hold.ts';
import { viewsOfLines } from './view.ts';

/** Error code of a checkout with pending holds: a retry may succeed. */
export const RESERVATION_PENDING = 'reservation-pending';

/** The total that the shopper expects; absent fields are not compared. */
export interface ExpectedTotal {
  readonly totalAmount?: number | undefined;
  readonly currency?: string | undefined;
}

/**
 * Checks out the cart at its prices. Throws a conflict with the lines if the total differs from the expected one, a price
 * has changed, a line is unavailable or insufficient, or the cart is empty; throws `unavailable` if a product is unknown
 * while the read model is incomplete, or a line is not held yet. An order does not change.
 */
export function checkOut(
  cart: Cart,
  catalog: Catalog,
  times: Times,
  {
    expected = {},
    holds = {},
  }: { readonly expected?: ExpectedTotal; readonly holds?: HoldRequirements } = {},
): CartDecision {
  if (cart.status === 'checkedOut') return { state: cart, events: [] };
  requireOpen(cart);
  if (cart.lines.length === 0)
    throw conflict('cart-empty', 'The cart is empty. Add a product first.', { lines: [] });
  requireExpectedTotal(cart, catalog, expected);
  const changedLines = viewsOfLines(cart, catalog).filter(
    ({ priceChanged, availability }) => priceChanged || availability !== 'available',
  );
  if (changedLines.length > 0) {
    const action = 'Accept the new price, confirm or lower the quantity, or remove the line.';
    throw conflict('lines-changed', `Some lines have changed. ${action}`, { lines: changedLines });
  }
  if (!catalog.isSynchronised && cart.lines.some(({ productId }) => !catalog.entries.has(productId))) {
    throw notSynchronised();
  }
  if (!cart.lines.every((line) => isHeldFor(line, catalog.entries.get(line.productId), holds))) {
    throw new DomainError(
      'unavailable',
      RESERVATION_PENDING,
      'The stock is not confirmed yet. Retry after a moment.',
      { details: { retryAfterSeconds: 1 } },
    );
  }
  const { expiresAt: _, ...order } = cart;
  const { now } = times;
  const version = cart.version + 1;
  const state: Cart = { ...order, status: 'checkedOut', updatedAt: now, checkedOutAt: now, version };
  return { state, events: [{ eventType: 'CartCheckedOut', ...closedCartFields(state, now) }] };
}

/** The event of the expiry of an open cart, which releases the stock of its lines; none for other carts. */
export function expireCart(cart: Cart): readonly NewEvent[] {
  if (cart.status !== 'open' || cart.lines.length === 0) return [];
  const last = { ...cart, version: cart.version + 1 };
  return [{ eventType: 'CartExpired', ...closedCartFields(last, cart.expiresAt ?? cart.updatedAt) }];
}

function requireExpectedTotal(cart: Cart, catalog: Catalog, expected: ExpectedTotal): void {
  const totalAmount = totalOf(cart);
  const { currency } = cart;
  if ((expected.totalAmount ?? totalAmount) === totalAmount && (expected.currency ?? currency) === currency)
    return;
  const details = { totalAmount, currency, lines: viewsOfLines(cart, catalog) };
  throw conflict(
    'total-changed',
    'The total of the cart has changed. Check the lines, then check out again.',
    details,
  );
}

function closedCartFields(cart: Cart, timestamp: string) {
  const { cartId, userId, currency, version } = cart;
  const items = cart.lines.map(({ productId, qty, priceAtAdd }) => ({ productId, qty, priceAtAdd }));
  return { cartId, userId, items, totalAmount: totalOf(cart), currency, timestamp, cartVersion: version };
}

function conflict(code: string, message: string, details: Readonly<Record<string, unknown>>): DomainError {
  return new DomainError('conflict', code, message, { details });
}
