import { DomainError } from '@tandem/chassis/errors';
import type { NewEvent } from '@tandem/contracts/events';
import { type Cart, type CartDecision, type Moment, requireOpen, totalOf, touched } from './cart.ts';
import type { Catalog } from './catalog.ts';
import { viewsOfLines } from './view.ts';

/** The code of the error that says that Product has not answered yet: it is worth waiting for. */
export const RESERVATION_PENDING = 'reservation-pending';

/**
 * Sells the cart at the prices that it shows. Throws a conflict with the lines that stand in the way when a price has
 * changed, a line cannot be had or there is none; `unavailable` while it is not known of each line that its stock is
 * held. A cart that is checked out already stays as it is.
 */
export function checkOut(cart: Cart, catalog: Catalog, moment: Moment): CartDecision {
  if (cart.status === 'checkedOut') return { state: cart, events: [] };
  requireOpen(cart);
  if (cart.lines.length === 0) throw refusal('cart-empty', 'there is nothing in the cart', []);
  const inTheWay = viewsOfLines(cart, catalog).filter(
    ({ priceChanged, availability }) => priceChanged || availability !== 'available',
  );
  if (inTheWay.length > 0) {
    const how = 'accept the new price, lower the quantity or remove the line';
    throw refusal('lines-changed', `some lines cannot be sold as they are: ${how}`, inTheWay);
  }
  if (!cart.lines.every(({ reserved }) => reserved)) {
    throw new DomainError('unavailable', RESERVATION_PENDING, 'the stock is not confirmed yet: try again', {
      details: { retryAfterSeconds: 1 },
    });
  }
  const state: Cart = { ...cart, ...touched(moment), status: 'checkedOut', version: cart.version + 1 };
  return { state, events: [{ eventType: 'CartCheckedOut', ...endOf(state, moment.now) }] };
}

/** What an open cart's end by expiry means for others: the stock of its lines returns. */
export function expireCart(cart: Cart): readonly NewEvent[] {
  if (cart.status !== 'open' || cart.lines.length === 0) return [];
  const last = { ...cart, version: cart.version + 1 };
  return [{ eventType: 'CartExpired', ...endOf(last, cart.expiresAt) }];
}

function endOf(cart: Cart, timestamp: string) {
  const { cartId, userId, currency, version } = cart;
  const items = cart.lines.map(({ productId, qty, priceAtAdd }) => ({ productId, qty, priceAtAdd }));
  return { cartId, userId, items, totalAmount: totalOf(cart), currency, timestamp, cartVersion: version };
}

function refusal(code: string, message: string, lines: readonly unknown[]): DomainError {
  return new DomainError('conflict', code, message, { details: { lines } });
}
