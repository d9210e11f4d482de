import { type Cart, totalOf } from './cart.ts';
import type { Catalog } from './catalog.ts';
import { type LineView, orderLineView, viewOfLine } from './line-view.ts';
import { orderNumberOf } from './order.ts';

/** A cart that is not deleted. */
export type VisibleCart = Cart & { readonly status: Exclude<Cart['status'], 'deleted'> };

/** A cart as the API returns it. */
export interface CartView {
  readonly cartId: string;
  readonly userId: string | null;
  readonly status: VisibleCart['status'];
  readonly items: readonly LineView[];
  readonly totalAmount: number;
  readonly currency: string | null;
  readonly version: number;
  readonly updatedAt: string;
  /** Absent for an order. */
  readonly expiresAt?: string;
  /** Present for an order. */
  readonly checkedOutAt?: string;
  /** Present for an order: the number that its shopper reads out. */
  readonly orderNumber?: string;
}

/**
 * Joins a cart with the catalog at each read, so that a price change affects every open cart without a write. An order
 * keeps the prices and quantities of its checkout.
 */
export function viewOf(cart: VisibleCart, catalog: Catalog): CartView {
  const { cartId, userId, status, currency, version, updatedAt, expiresAt, checkedOutAt } = cart;
  return {
    cartId,
    userId,
    status,
    items: status === 'open' ? viewsOfLines(cart, catalog) : cart.lines.map(orderLineView),
    totalAmount: totalOf(cart),
    currency,
    version,
    updatedAt,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(checkedOutAt === undefined ? {} : { checkedOutAt, orderNumber: orderNumberOf(cartId) }),
  };
}

/** The views of an open cart's lines. */
export function viewsOfLines(
  { lines, currency }: Pick<Cart, 'lines' | 'currency'>,
  catalog: Catalog,
): readonly LineView[] {
  return lines.map((line) => viewOfLine(line, currency, catalog));
}
