import { type Cart, totalOf } from './cart.ts';
import { type Catalog, type CatalogProduct, live } from './catalog.ts';
import { attainableQty, type Line } from './line.ts';

/** Whether a line can be checked out: its stock is held, it was rejected, or the product is gone. */
export type Availability = 'available' | 'insufficient' | 'unavailable';

/** A line beside what the catalog now says of its product. */
export interface LineView {
  readonly productId: string;
  readonly name: string;
  readonly qty: number;
  readonly priceAtAdd: number;
  readonly currentPrice: number;
  readonly priceChanged: boolean;
  readonly availability: Availability;
  /** The largest quantity that the line could have. */
  readonly availableQty: number;
}

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
  readonly expiresAt: string;
}

/**
 * The cart joined with the catalog: so a price change reaches every open cart without a write to any. One that is
 * checked out stays as it was agreed.
 */
export function viewOf(cart: VisibleCart, catalog: Catalog): CartView {
  const { cartId, userId, status, currency, version, updatedAt, expiresAt } = cart;
  const items = status === 'open' ? viewsOfLines(cart, catalog) : cart.lines.map(agreed);
  return {
    cartId,
    userId,
    status,
    items,
    totalAmount: totalOf(cart),
    currency,
    version,
    updatedAt,
    expiresAt,
  };
}

/** The lines of an open cart. */
export function viewsOfLines(
  { lines, currency }: Pick<Cart, 'lines' | 'currency'>,
  { entries }: Catalog,
): readonly LineView[] {
  return lines.map((line) => viewOfLine(line, currency, live(entries.get(line.productId))));
}

function agreed({ productId, name, qty, priceAtAdd }: Line): LineView {
  return {
    productId,
    name,
    qty,
    priceAtAdd,
    currentPrice: priceAtAdd,
    priceChanged: false,
    availability: 'available',
    availableQty: qty,
  };
}

function viewOfLine(line: Line, currency: string | null, product: CatalogProduct | undefined): LineView {
  const { productId, name, qty, priceAtAdd } = line;
  const currentPrice = product?.price ?? priceAtAdd;
  return {
    productId,
    name: product?.name ?? name,
    qty,
    priceAtAdd,
    currentPrice,
    priceChanged: currentPrice !== priceAtAdd || (product !== undefined && product.currency !== currency),
    ...stockOf(line, product),
  };
}

function stockOf(
  line: Line,
  product: CatalogProduct | undefined,
): { availability: Availability; availableQty: number } {
  if (!product) return { availability: 'unavailable', availableQty: 0 };
  return {
    availability: line.rejected ? 'insufficient' : 'available',
    availableQty: attainableQty(line, product),
  };
}
