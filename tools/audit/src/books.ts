import type { Cart } from '@tandem/cart/domain/cart';
import { live, type StoredProduct } from '@tandem/product/domain/product';
import { heldOf, type Reservation } from '@tandem/product/domain/reservation';
import type { SumDifference } from './difference.ts';

/** Sums of a product: all that an audit stores in memory. */
export interface Book {
  /** 0 where the product did not exist when the audit started. */
  readonly version: number;
  /** 0 where the product does not exist or is deleted. */
  readonly incarnation: number;
  readonly held: number;
  readonly sold: number;
  heldSum: number;
  orderedSum: number;
  /** Ordered units whose sale was not applied. */
  unappliedSum: number;
}

/** Sums of all products by their ids. */
export type Books = Map<string, Book>;

const unrepairable = {
  kind: 'none',
  reason: "no event can repair it: the fault is in Product's own table. Count the stock, and find the cause",
} as const;

/** Initial sums of a product. */
export function openBook(stored: StoredProduct | undefined): Book {
  const { version = 0, ledger } = stored ?? {};
  const { incarnation = 0, held = 0 } = live(stored) ?? {};
  const sums = { heldSum: 0, orderedSum: 0, unappliedSum: 0 };
  return { version, incarnation, held, sold: ledger?.sold ?? 0, ...sums };
}

/** Compares the units on hand with units stocked minus units sold. */
export function stockDifferenceOf(stored: StoredProduct): SumDifference | undefined {
  const product = live(stored);
  if (!product) return undefined;
  const { stocked, sold, missing } = product.ledger;
  const sum = stocked - sold + missing;
  if (product.onHand === sum) return undefined;
  return {
    kind: 'stockSum',
    productId: stored.productId,
    product: product.onHand,
    sum,
    repair: unrepairable,
  };
}

export function addHold(books: Books, reservation: Reservation): void {
  const book = books.get(reservation.productId);
  if (book) book.heldSum += heldOf(reservation, book.incarnation);
}

export function addOrder(books: Books, { lines }: Cart): void {
  for (const { productId, qty } of lines) bookOf(books, productId).orderedSum += qty;
}

export function addUnapplied(books: Books, productId: string, qty: number): void {
  bookOf(books, productId).unappliedSum += qty;
}

/**
 * Compares the units sold with those of the orders. Both only grow while the audit runs: the sum of the orders is at least the
 * units sold before the scan, and at most those sold after it, apart from sales that were not applied.
 */
export function soldDifferenceOf(
  productId: string,
  { sold: before, orderedSum, unappliedSum }: Book,
  now: StoredProduct | undefined,
): SumDifference | undefined {
  const sum = orderedSum - unappliedSum;
  const after = now?.ledger.sold ?? 0;
  if (sum >= before && sum <= after) return undefined;
  const product = sum < before ? before : after;
  return { kind: 'soldSum', productId, product, sum, repair: unrepairable };
}

/** Compares the units held with those of the reservations; `inMotion` where the product changed during the scan. */
export function heldDifferenceOf(
  productId: string,
  { version, incarnation, held, heldSum }: Book,
  now: StoredProduct | undefined,
): SumDifference | 'inMotion' | undefined {
  if (incarnation === 0 || held === heldSum) return undefined;
  if (now?.version !== version) return 'inMotion';
  return { kind: 'heldSum', productId, product: held, sum: heldSum, repair: unrepairable };
}

function bookOf(books: Books, productId: string): Book {
  const book = books.get(productId) ?? openBook(undefined);
  books.set(productId, book);
  return book;
}
