import type { Cart } from '@tandem/cart/domain/cart';
import { live, type StoredProduct } from '@tandem/product/domain/product';
import { heldOf, type Reservation } from '@tandem/product/domain/reservation';
import type { SumDifference } from './difference.ts';

/** What is added up of a product: all that an audit keeps in memory of what it has read. */
export interface Book {
  /** 0 where the product was unknown when the audit began. */
  readonly version: number;
  /** 0 where there is no product, or it is deleted. */
  readonly incarnation: number;
  readonly held: number;
  readonly sold: number;
  heldSum: number;
  orderedSum: number;
  /** Of what was ordered, units whose sale was not applied. */
  unappliedSum: number;
}

/** The sums of all products. */
export type Books = Map<string, Book>;

const unrepairable = {
  kind: 'none',
  reason: "no event does it: only Product's own table can be wrong. Count the stock, and look for the fault",
} as const;

/** Begins to add up for a product. */
export function openBook(stored: StoredProduct | undefined): Book {
  const { version = 0, ledger } = stored ?? {};
  const { incarnation = 0, held = 0 } = live(stored) ?? {};
  const sums = { heldSum: 0, orderedSum: 0, unappliedSum: 0 };
  return { version, incarnation, held, sold: ledger?.sold ?? 0, ...sums };
}

/** Whether the units on hand are those that came, less those that went. */
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
 * Whether the units sold are those of the orders. Both only grow while the audit runs: what was sold when it began was
 * read with the orders, and what was read with the orders was sold when it ended, unless its sale was not applied.
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

/** Whether the units held are those of the reservations; `inMotion` where they changed while they were added up. */
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
