import { type Cart, totalOf } from './cart.ts';
import type { Catalog } from './catalog.ts';
import { type LineView, orderedLine, viewOfLine } from './line-view.ts';

/** A cart that was not deleted. */
export type VisibleCart = Cart & { readonly status: Exclude<Cart['status'], 'deleted'> };

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
}

/**
 * The cart joined with the catalog: so a price change reaches every open cart without a write to any. An order stays as
 * it was checked out.
 */
export function viewOf(cart: VisibleCart, catalog: Catalog): CartView {
  const { cartId, userId, status, currency, version, updatedAt, expiresAt, checkedOutAt } = cart;
  return {
    cartId,
    userId,
    status,
    items: status === 'open' ? viewsOfLines(cart, catalog) : cart.lines.map(orderedLine),
    totalAmount: totalOf(cart),
    currency,
    version,
    updatedAt,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(checkedOutAt === undefined ? {} : { checkedOutAt }),
  };
}

/** The lines of an open cart. */
export function viewsOfLines(
  { lines, currency }: Pick<Cart, 'lines' | 'currency'>,
  catalog: Catalog,
): readonly LineView[] {
  return lines.map((line) => viewOfLine(line, currency, catalog));
}
