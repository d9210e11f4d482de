import { DomainError } from '@tandem/chassis/errors';
import type { NewEvent } from '@tandem/contracts/events';
import { type Cart, type CartDecision, type Moment, requireOpen, totalOf } from './cart.ts';
import { type Catalog, notSynchronised } from './catalog.ts';
import { type HoldTerms, isHeldFor } from './hold.ts';
import { viewsOfLines } from './view.ts';

/** The code of the error for a cart with lines that Product does not hold yet: it is worth waiting for. */
export const RESERVATION_PENDING = 'reservation-pending';

/** The total that the shopper agreed to; what is absent is not compared. */
export interface AgreedTotal {
  readonly totalAmount?: number | undefined;
  readonly currency?: string | undefined;
}

/**
 * Checks the cart out at the prices that it shows. Throws a conflict with the lines when the total is not the agreed
 * one, a price has changed, a line is unavailable or insufficient, or there is none; `unavailable` while the catalog does
 * not know all products yet or Product does not hold each line. An order stays as it is.
 */
export function checkOut(
  cart: Cart,
  catalog: Catalog,
  moment: Moment,
  { agreed = {}, holds = {} }: { readonly agreed?: AgreedTotal; readonly holds?: HoldTerms } = {},
): CartDecision {
  if (cart.status === 'checkedOut') return { state: cart, events: [] };
  requireOpen(cart);
  if (cart.lines.length === 0)
    throw conflict('cart-empty', 'The cart is empty. Add something first.', { lines: [] });
  requireAgreed(cart, catalog, agreed);
  const changed = viewsOfLines(cart, catalog).filter(
    ({ priceChanged, availability }) => priceChanged || availability !== 'available',
  );
  if (changed.length > 0) {
    const how = 'Accept the new price, confirm or lower the quantity, or remove the line.';
    throw conflict('lines-changed', `Some lines have changed. ${how}`, { lines: changed });
  }
  if (!catalog.isSynchronised && cart.lines.some(({ productId }) => !catalog.entries.has(productId))) {
    throw notSynchronised();
  }
  if (!cart.lines.every((line) => isHeldFor(line, catalog.entries.get(line.productId), holds))) {
    throw new DomainError(
      'unavailable',
      RESERVATION_PENDING,
      'The stock is not confirmed yet. Try again in a moment.',
      { details: { retryAfterSeconds: 1 } },
    );
  }
  const { expiresAt: _, ...order } = cart;
  const { now } = moment;
  const version = cart.version + 1;
  const state: Cart = { ...order, status: 'checkedOut', updatedAt: now, checkedOutAt: now, version };
  return { state, events: [{ eventType: 'CartCheckedOut', ...endOf(state, now) }] };
}

/** The event of an open cart that has expired: the stock of its lines returns. */
export function expireCart(cart: Cart): readonly NewEvent[] {
  if (cart.status !== 'open' || cart.lines.length === 0) return [];
  const last = { ...cart, version: cart.version + 1 };
  return [{ eventType: 'CartExpired', ...endOf(last, cart.expiresAt ?? cart.updatedAt) }];
}

function requireAgreed(cart: Cart, catalog: Catalog, agreed: AgreedTotal): void {
  const totalAmount = totalOf(cart);
  const { currency } = cart;
  if ((agreed.totalAmount ?? totalAmount) === totalAmount && (agreed.currency ?? currency) === currency)
    return;
  const details = { totalAmount, currency, lines: viewsOfLines(cart, catalog) };
  throw conflict(
    'total-changed',
    'The total of the cart has changed. Look at the lines and check out again.',
    details,
  );
}

function endOf(cart: Cart, timestamp: string) {
  const { cartId, userId, currency, version } = cart;
  const items = cart.lines.map(({ productId, qty, priceAtAdd }) => ({ productId, qty, priceAtAdd }));
  return { cartId, userId, items, totalAmount: totalOf(cart), currency, timestamp, cartVersion: version };
}

function conflict(code: string, message: string, details: Readonly<Record<string, unknown>>): DomainError {
  return new DomainError('conflict', code, message, { details });
}
