import { DomainError } from '@tandem/chassis/errors';

/** Ledger of all stock movements since the creation of the product: on hand = stocked − sold + missing. */
export interface Ledger {
  /** Initial stock, deliveries less losses, and corrections by counts. */
  readonly stocked: number;
  /** Units sold. */
  readonly sold: number;
  /** Units sold that were not on hand. */
  readonly missing: number;
}

/** The stock of a product in units. */
export interface Stock {
  /** Physical stock. */
  readonly onHand: number;
  /** Units that open carts hold. May exceed `onHand` after a count. */
  readonly held: number;
  readonly ledger: Ledger;
}

/** A change of the stock by a merchant: a delivery or loss, or a count. */
export type StockChange =
  | { readonly delta: number }
  | { readonly onHand: number; readonly expectedOnHand?: number | undefined };

export const emptyLedger: Ledger = { stocked: 0, sold: 0, missing: 0 };

/** Available units: on hand, less held. */
export function availableOf({ onHand, held }: Pick<Stock, 'onHand' | 'held'>): number {
  return Math.max(0, onHand - held);
}

/**
 * The stock after a delivery, a loss or a count. Throws a conflict with the current stock if a loss would reduce the stock
 * below the held units, or if the stock differs from the one that a count expects.
 */
export function changeStock(stock: Stock, change: StockChange): Stock {
  const { onHand, held } = stock;
  const details = { onHand, held, inventory: availableOf(stock) };
  if ('delta' in change) {
    const { delta } = change;
    if (delta < 0 && onHand + delta < held) {
      throw new DomainError(
        'conflict',
        'insufficient-stock',
        `The loss is larger than the available stock, which is ${details.inventory}. Record a smaller loss, or a count of the stock on hand.`,
        { details },
      );
    }
    return withOnHand(stock, onHand + delta);
  }
  const { expectedOnHand } = change;
  if (expectedOnHand !== undefined && expectedOnHand !== onHand) {
    throw new DomainError(
      'conflict',
      'stock-changed',
      `The stock on hand is ${onHand}, not ${expectedOnHand}. Repeat the count with the current stock.`,
      { details },
    );
  }
  return withOnHand(stock, change.onHand);
}

/** The stock after a sale of `qty` units by a cart that held `held`; `missing` units were not on hand. */
export function sell(stock: Stock, qty: number, held: number): { stock: Stock; missing: number } {
  const delivered = Math.min(qty, stock.onHand);
  const missing = qty - delivered;
  const { stocked, sold, missing: missingBefore } = stock.ledger;
  return {
    stock: {
      onHand: stock.onHand - delivered,
      held: stock.held - held,
      ledger: { stocked, sold: sold + qty, missing: missingBefore + missing },
    },
    missing,
  };
}

function withOnHand(stock: Stock, onHand: number): Stock {
  if (onHand === stock.onHand) return stock;
  if (!Number.isSafeInteger(onHand)) {
    throw new DomainError('conflict', 'stock-too-large', 'The stock would be too large. Record fewer units.');
  }
  const { ledger } = stock;
  return { ...stock, onHand, ledger: { ...ledger, stocked: ledger.stocked + onHand - stock.onHand } };
}
