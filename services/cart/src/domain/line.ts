import { DomainError } from '@tandem/chassis/errors';
import { type CatalogEntry, type CatalogProduct, MAX_VERSION_LEAP, productVersionOf } from './catalog.ts';

/** The largest quantity of a line. */
export const MAX_LINE_QTY = 999;
/** The largest number of lines in a cart. */
export const MAX_LINES = 100;

/** A line item of a cart. Money is integer minor units. */
export interface Line {
  readonly productId: string;
  /** The product's name when it was added, used after its deletion. */
  readonly name: string;
  readonly qty: number;
  readonly priceAtAdd: number;
  /** The cart's version at the newest hold request. */
  readonly requestedAt: number;
  /** Units that Product holds by its last response; 0 if it holds none. Unconfirmed units are never counted. */
  readonly heldQty: number;
  /** Time at which the hold expires; absent if it does not. */
  readonly heldUntil?: string;
  /** The product's version at the confirmation of the hold, if the producer sends it. */
  readonly holdVersion?: number;
  /** Order of the last applied response; for a new line, an order before all of its responses. */
  readonly response: { readonly cartVersion: number; readonly revision?: number };
  /** Set after Product rejected an increase and the quantity was lowered to the held units, until the line changes. */
  readonly shortage?: { readonly availableQty: number; readonly productVersion?: number };
  /** The product's stock in the newest response that has it. */
  readonly stock?: { readonly version: number; readonly inventory: number };
  /** Carts whose units moved to this line, until Product has responded to a request at or after `mergedAt`. */
  readonly movedFrom?: readonly MovedFrom[];
}

/** A cart whose units moved to a line in a merge. */
export interface MovedFrom {
  readonly cartId: string;
  readonly cartVersion: number;
  /** The version of this cart after the merge. */
  readonly mergedAt: number;
}

/** State of a line's hold: all units are held, the response to the newest request is pending, or neither. */
export type Hold = 'held' | 'pending' | 'none';

/** The line of a product. */
export function lineOf(lines: readonly Line[], productId: string): Line | undefined {
  return lines.find((line) => line.productId === productId);
}

/** The lines with this one, which replaces the line of its product or is appended. */
export function withLine(lines: readonly Line[], line: Line): readonly Line[] {
  if (!lineOf(lines, line.productId)) return [...lines, line];
  return lines.map((existing) => (existing.productId === line.productId ? line : existing));
}

/** A new line without a hold, at the version of its first request. */
export function newLine(
  { productId, name, qty, priceAtAdd }: Pick<Line, 'productId' | 'name' | 'qty' | 'priceAtAdd'>,
  requestedAt: number,
): Line {
  const response = { cartVersion: requestedAt - 1 };
  return { productId, name, qty, priceAtAdd, requestedAt, heldQty: 0, response };
}

/** The line without its shortage. */
export function withoutShortage({ shortage: _, ...line }: Line): Line {
  return line;
}

/** Whether Product has not responded to the newest request. */
export function isPending({ requestedAt, response }: Line): boolean {
  return response.cartVersion < requestedAt;
}

/** Units that Product holds for the line. Holds of a deleted product, or of an earlier incarnation, are void. */
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

/** The largest possible quantity of a line: its held units and the available ones, up to the limit of the product. */
export function maxQuantity(line: Line | undefined, product: CatalogProduct | undefined): number {
  const held = line ? heldQtyOf(line, product) : 0;
  return Math.min(held + inventoryOf(line?.stock, product), product?.maxPerCart ?? Infinity);
}

/** Available units by the newer of both sources. At the same version the product wins: it includes every response. */
function inventoryOf(stock: Line['stock'], product: CatalogProduct | undefined): number {
  if (!product) return stock?.inventory ?? 0;
  const lead = (stock?.version ?? 0) - productVersionOf(product);
  return stock && lead > 0 && lead <= MAX_VERSION_LEAP ? stock.inventory : product.inventory;
}

/** The limit of a line's quantity, independent of the stock. */
export function quantityLimit(product: CatalogProduct | undefined): number {
  return Math.min(MAX_LINE_QTY, product?.maxPerCart ?? MAX_LINE_QTY);
}

/** Throws a conflict for a product in another currency than the cart's. */
export function requireCurrency(cart: { readonly currency: string | null }, product: CatalogProduct): void {
  if (cart.currency === null || cart.currency === product.currency) return;
  throw new DomainError(
    'conflict',
    'currency-mismatch',
    `The cart is in ${cart.currency}, ${product.name} is sold in ${product.currency}. Use another cart.`,
  );
}

/** Throws a conflict for a quantity beyond a limit or the stock of the catalog. Product may still reject its hold. */
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
      `A cart may have at most ${MAX_LINES} lines. Remove one first.`,
      { details: { limit: MAX_LINES } },
    );
  }
  const limit = quantityLimit(product);
  if (qty > limit) {
    throw new DomainError(
      'conflict',
      'quantity-limit',
      `A cart may have at most ${unitsOf(limit)} of ${product.name}. Lower the quantity.`,
      { details: { qty: before?.qty ?? 0, limit } },
    );
  }
  const availableQty = maxQuantity(before, product);
  if (qty > availableQty) {
    throw new DomainError('conflict', 'insufficient-stock', shortageText(availableQty, product.name), {
      details: { availableQty },
    });
  }
}

function shortageText(availableQty: number, name: string): string {
  if (availableQty === 0)
    return `No units of ${name} are available. Choose another product, or try again later.`;
  const verb = availableQty === 1 ? 'is' : 'are';
  return `Only ${unitsOf(availableQty)} of ${name} ${verb} available. Lower the quantity.`;
}

function unitsOf(count: number): string {
  return count === 1 ? '1 unit' : `${count} units`;
}
