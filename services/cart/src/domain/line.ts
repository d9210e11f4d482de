import { DomainError } from '@tandem/chassis/errors';
import { type CatalogEntry, type CatalogProduct, MAX_VERSION_LEAP, productVersionOf } from './catalog.ts';

/** The largest quantity of a line. */
export const MAX_LINE_QTY = 999;
/** The most lines of a cart. */
export const MAX_LINES = 100;

/** A product in a cart. Money is integer minor units. */
export interface Line {
  readonly productId: string;
  /** The product's name when it was added: shown when the product is gone. */
  readonly name: string;
  readonly qty: number;
  readonly priceAtAdd: number;
  /** The cart's version at the newest request to Product. */
  readonly requestedAt: number;
  /** Units that Product confirmed last; 0 where it holds none. Unconfirmed units are never counted. */
  readonly heldQty: number;
  /** When the hold expires; absent where it does not. */
  readonly heldUntil?: string;
  /** The product's version when the hold was confirmed, where the producer said it. */
  readonly holdVersion?: number;
  /** The newest response that was applied; a new line starts before every response to it. */
  readonly response: { readonly cartVersion: number; readonly revision?: number };
  /** Set when Product rejected an increase and the quantity returned to what is held, until the next change of the line. */
  readonly shortage?: { readonly availableQty: number; readonly productVersion?: number };
  /** The product's stock as of the newest response that carried it. */
  readonly stock?: { readonly version: number; readonly inventory: number };
  /** Carts whose units moved to this line, each until Product has responded to a request at or after `mergedAt`. */
  readonly movedFrom?: readonly MovedFrom[];
}

/** A cart that a merge emptied. */
export interface MovedFrom {
  readonly cartId: string;
  readonly cartVersion: number;
  /** The version of this cart after the merge. */
  readonly mergedAt: number;
}

/** Whether Product holds the line's units: it does, has not responded to the newest request, or does not. */
export type Hold = 'held' | 'pending' | 'none';

/** The line of a product. */
export function lineOf(lines: readonly Line[], productId: string): Line | undefined {
  return lines.find((line) => line.productId === productId);
}

/** The lines with this one in the place of its product's, or at the end. */
export function withLine(lines: readonly Line[], line: Line): readonly Line[] {
  if (!lineOf(lines, line.productId)) return [...lines, line];
  return lines.map((other) => (other.productId === line.productId ? line : other));
}

/** A line that Product knows nothing of, at the version of its first request. */
export function newLine(
  { productId, name, qty, priceAtAdd }: Pick<Line, 'productId' | 'name' | 'qty' | 'priceAtAdd'>,
  requestedAt: number,
): Line {
  const response = { cartVersion: requestedAt - 1 };
  return { productId, name, qty, priceAtAdd, requestedAt, heldQty: 0, response };
}

/** The line without its shortage: the shopper has changed it since. */
export function withoutShortage({ shortage: _, ...line }: Line): Line {
  return line;
}

/** Whether Product has not responded to the newest request. */
export function isPending({ requestedAt, response }: Line): boolean {
  return response.cartVersion < requestedAt;
}

/** Units that Product holds for the line. Those of a deleted product, or of one that was created anew since, are void. */
export function heldQtyOf({ heldQty, holdVersion }: Line, entry: CatalogEntry | undefined): number {
  if (entry === undefined) return heldQty;
  if ('deleted' in entry) return 0;
  const { incarnation } = entry;
  return incarnation !== undefined && holdVersion !== undefined && holdVersion < incarnation ? 0 : heldQty;
}

export function holdOf(line: Line, entry: CatalogEntry | undefined): Hold {
  if (heldQtyOf(line, entry) >= line.qty) return 'held';
  return isPending(line) ? 'pending' : 'none';
}

/** The largest quantity that a line could have: the units held for it and the available ones. */
export function attainableQty(line: Line | undefined, product: CatalogProduct | undefined): number {
  const held = line ? heldQtyOf(line, product) : 0;
  return Math.min(held + inventoryOf(line?.stock, product), product?.maxPerCart ?? Infinity);
}

/** The available units by the newer source. At the same version the product has the last word: it includes every response. */
function inventoryOf(stock: Line['stock'], product: CatalogProduct | undefined): number {
  if (!product) return stock?.inventory ?? 0;
  const lead = (stock?.version ?? 0) - productVersionOf(product);
  return stock && lead > 0 && lead <= MAX_VERSION_LEAP ? stock.inventory : product.inventory;
}

/** The largest quantity of a line that the limits allow, whatever the stock. */
export function quantityLimit(product: CatalogProduct | undefined): number {
  return Math.min(MAX_LINE_QTY, product?.maxPerCart ?? MAX_LINE_QTY);
}

/** Throws a conflict for a product that is sold in another currency than the cart's. */
export function requireCurrency(cart: { readonly currency: string | null }, product: CatalogProduct): void {
  if (cart.currency === null || cart.currency === product.currency) return;
  throw new DomainError(
    'conflict',
    'currency-mismatch',
    `The cart is in ${cart.currency}, ${product.name} is sold in ${product.currency}. Use another cart.`,
  );
}

/** Throws a conflict for a quantity that limits or stock do not allow by the catalog; Product decides, and may still reject. */
export function requireWithinLimits(
  cart: { readonly currency: string | null; readonly lines: readonly Line[] },
  product: CatalogProduct,
  qty: number,
): void {
  const before = lineOf(cart.lines, product.productId);
  requireCurrency(cart, product);
  if (!before && cart.lines.length >= MAX_LINES) {
    throw new DomainError(
      'conflict',
      'too-many-lines',
      `A cart has at most ${MAX_LINES} lines. Remove one first.`,
      { details: { limit: MAX_LINES } },
    );
  }
  const limit = quantityLimit(product);
  if (qty > limit) {
    throw new DomainError(
      'conflict',
      'quantity-limit',
      `A cart takes at most ${limit} units of ${product.name}. Lower the quantity.`,
      { details: { qty: before?.qty ?? 0, limit } },
    );
  }
  const availableQty = attainableQty(before, product);
  if (qty > availableQty) {
    throw new DomainError(
      'conflict',
      'insufficient-stock',
      `Only ${availableQty} units of ${product.name} are available. Lower the quantity.`,
      { details: { availableQty } },
    );
  }
}
