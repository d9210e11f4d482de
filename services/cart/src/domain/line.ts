import { DomainError } from '@tandem/chassis/errors';
import type { CatalogProduct } from './catalog.ts';

/** The largest quantity of a line. */
export const MAX_LINE_QTY = 999;
/** The most lines that a cart has. */
export const MAX_LINES = 100;

/** A product in a cart. Money is integer minor units. */
export interface Line {
  readonly productId: string;
  /** The product's name when it was added: what is shown when the product is gone. */
  readonly name: string;
  readonly qty: number;
  readonly priceAtAdd: number;
  /** The cart's version at which `qty` last changed: a rejection of an older change says nothing any more. */
  readonly changedAt: number;
  /** Set when Product holds `qty` for the line; until it has answered, nobody knows. */
  readonly reserved?: true;
  /** Set when Product could not reserve `qty`: the line then holds no stock. */
  readonly rejected?: {
    readonly availableQty: number;
    readonly at: string;
    /** Unless the producer did not say it, or there was no product. */
    readonly productVersion?: number;
  };
  /** The carts whose units the line takes over. Every change of it says so until Product has answered. */
  readonly movedFrom?: readonly { readonly cartId: string; readonly cartVersion: number }[];
}

/** The line of a product. */
export function lineOf(lines: readonly Line[], productId: string): Line | undefined {
  return lines.find((line) => line.productId === productId);
}

/** The lines with this one in the place of its product's, or at the end. */
export function withLine(lines: readonly Line[], line: Line): readonly Line[] {
  if (!lineOf(lines, line.productId)) return [...lines, line];
  return lines.map((other) => (other.productId === line.productId ? line : other));
}

/** How many units a line could have: what it holds and what is left. A rejected line holds nothing. */
export function attainableQty(line: Line | undefined, product: CatalogProduct): number {
  if (!line) return product.inventory;
  const { rejected } = line;
  if (!rejected) return product.inventory + line.qty;
  // At the same version it is the product that has the last word: one change may reject a cart and then serve another.
  const isKnown =
    rejected.productVersion === undefined
      ? product.updatedAt >= rejected.at
      : product.version >= rejected.productVersion;
  return isKnown ? product.inventory : rejected.availableQty;
}

/** Refuses a product that is sold in another currency than the cart's. */
export function requireCurrency(cart: { readonly currency: string | null }, product: CatalogProduct): void {
  if (cart.currency === null || cart.currency === product.currency) return;
  throw new DomainError(
    'conflict',
    'currency-mismatch',
    `the cart is in ${cart.currency}, product ${product.productId} is sold in ${product.currency}: use another cart`,
  );
}

/** Refuses what the catalog shows to be impossible; Product decides, and may still reject what passes here. */
export function requireRoom(
  cart: { readonly currency: string | null; readonly lines: readonly Line[] },
  product: CatalogProduct,
  qty: number,
): void {
  const { productId } = product;
  const before = lineOf(cart.lines, productId);
  requireCurrency(cart, product);
  if (!before && cart.lines.length >= MAX_LINES) {
    throw new DomainError('conflict', 'too-many-lines', `a cart has at most ${MAX_LINES} lines`);
  }
  if (qty > MAX_LINE_QTY) {
    throw new DomainError('conflict', 'quantity-limit', `a line has at most ${MAX_LINE_QTY} units`, {
      details: { qty: before?.qty ?? 0, limit: MAX_LINE_QTY },
    });
  }
  const availableQty = attainableQty(before, product);
  if (qty > availableQty) {
    throw new DomainError(
      'conflict',
      'insufficient-stock',
      `only ${availableQty} of ${productId} can be had`,
      {
        details: { availableQty },
      },
    );
  }
}
