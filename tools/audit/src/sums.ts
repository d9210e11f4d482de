import { chunksOf } from '@tandem/cli/batches';
import { reservations } from '@tandem/product/store/entity-types';
import { scanKind } from '@tandem/storage/scan';
import { addHold, type Books, heldDifferenceOf, openBook, soldDifferenceOf } from './books.ts';
import type { SumDifference } from './difference.ts';
import type { FactsReader, Tables } from './tables.ts';

export interface SumsOptions {
  readonly tables: Tables;
  readonly reader: FactsReader;
  /** Sums after a scan of all reservations and orders. */
  readonly books: Books;
  readonly now: () => number;
  readonly onDifference: (difference: SumDifference) => void;
}

/** Limit of scans for products that change during a scan. */
const ROUNDS = 3;
const CHUNK = 500;

/** Compares the units sold of each product with the sum of its orders. */
export async function compareSold({ reader, books, onDifference }: SumsOptions): Promise<void> {
  for (const chunk of chunksOf([...books], CHUNK)) {
    const current = await reader.products(chunk.map(([id]) => id));
    for (const [id, book] of chunk) {
      const difference = soldDifferenceOf(id, book, current.get(id));
      if (difference) onDifference(difference);
    }
  }
}

/**
 * Compares the units held of each product with the sum of its reservations. A product's version grows with each change, so
 * the sum is exact where the version is the same before and after the scan; the other products are scanned again. Resolves to
 * the number of products that changed in each scan.
 */
export async function compareHeld(options: SumsOptions): Promise<number> {
  const { tables, reader, now, onDifference } = options;
  let { books } = options;
  for (let round = 1; ; round++) {
    const moved: Books = new Map();
    const suspects = [...books].filter(([id, book]) => heldDifferenceOf(id, book, undefined) !== undefined);
    for (const chunk of chunksOf(suspects, CHUNK)) {
      const current = await reader.products(chunk.map(([id]) => id));
      for (const [id, book] of chunk) {
        const difference = heldDifferenceOf(id, book, current.get(id));
        if (difference === 'inMotion') moved.set(id, openBook(current.get(id)));
        else if (difference) onDifference(difference);
      }
    }
    if (moved.size === 0 || round === ROUNDS) return moved.size;
    const scan = { segments: tables.segments, pageSize: CHUNK, now };
    for await (const { items } of scanKind(tables.of.products, reservations, scan))
      for (const { state } of items) addHold(moved, state);
    books = moved;
  }
}
