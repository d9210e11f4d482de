import { DomainError } from '@tandem/chassis/errors';

/** Every unit that came and went since the product exists: on hand = stocked − sold + missing. */
export interface Ledger {
  /** First counts, deliveries and the differences that counts found. */
  readonly stocked: number;
  /** Units checked out. */
  readonly sold: number;
  /** Of the units checked out, those that were not on hand. */
  readonly missing: number;
}

/** The stock of a product in units. */
export interface Stock {
  /** Physical stock. */
  readonly onHand: number;
  /** Units that open carts hold. It exceeds `onHand` where a count found less than carts hold. */
  readonly held: number;
  readonly ledger: Ledger;
}

/** A change of the stock by a merchant: a delivery or loss, or a count. */
export type StockChange =
  | { readonly delta: number }
  | { readonly onHand: number; readonly expectedOnHand?: number | undefined };

export const emptyLedger: Ledger = { stocked: 0, sold: 0, missing: 0 };

/** Units that a cart can still have. */
export function availableOf({ onHand, held }: Pick<Stock, 'onHand' | 'held'>): number {
  return Math.max(0, onHand - held);
}

/**
 * The stock after a delivery, a loss or a count. Throws a conflict with the current stock when a loss would leave less
 * than carts hold, and when a count expected another number.
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
        `Only ${details.inventory} units are available. Take fewer, or set the count of the stock on hand.`,
        { details },
      );
    }
    return counted(stock, onHand + delta);
  }
  const { expectedOnHand } = change;
  if (expectedOnHand !== undefined && expectedOnHand !== onHand) {
    throw new DomainError(
      'conflict',
      'stock-changed',
      `The stock on hand is ${onHand}, not ${expectedOnHand}. Count again with the current number.`,
      { details },
    );
  }
  return counted(stock, change.onHand);
}

/** The stock after a sale of `qty` units, of which the cart held `held`; `missing` were not on hand. */
export function sell(stock: Stock, qty: number, held: number): { stock: Stock; missing: number } {
  const taken = Math.min(qty, stock.onHand);
  const missing = qty - taken;
  const { stocked, sold, missing: missingBefore } = stock.ledger;
  return {
    stock: {
      onHand: stock.onHand - taken,
      held: stock.held - held,
      ledger: { stocked, sold: sold + qty, missing: missingBefore + missing },
    },
    missing,
  };
}

function counted(stock: Stock, onHand: number): Stock {
  if (onHand === stock.onHand) return stock;
  if (!Number.isSafeInteger(onHand)) {
    throw new DomainError(
      'conflict',
      'stock-too-large',
      'The stock would be too large. Deliver fewer units.',
    );
  }
  const { ledger } = stock;
  return { ...stock, onHand, ledger: { ...ledger, stocked: ledger.stocked + onHand - stock.onHand } };
}
