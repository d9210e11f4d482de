import { createHash } from 'node:crypto';
import { DomainError } from '@tandem/chassis/errors';
import { wordsOf } from './words.ts';

/** A product as the index knows it. */
export interface NamedProduct {
  readonly productId: string;
  readonly name: string;
  readonly category?: string | undefined;
}

/** A search for the products whose names have a word that begins with each word of `text`. */
export interface NameQuery {
  readonly text: string;
  readonly category?: string | undefined;
  readonly limit: number;
  /** `cursor` of the previous page. */
  readonly cursor?: string | undefined;
}

/** Ids of the products of a page, the best match first; `cursor` is absent on the last page. */
export interface NamePage {
  readonly productIds: readonly string[];
  readonly cursor?: string;
}

/** An index of names in memory. */
export interface NameIndex {
  readonly size: () => number;
  /** Whether a product was left out, since the index was full. */
  readonly isFull: () => boolean;
  /** Adds or replaces a product; without effect for a new one if the index is full. */
  readonly set: (product: NamedProduct) => void;
  readonly delete: (productId: string) => void;
  /** Throws a DomainError of kind `invalid` for a cursor of another search. */
  readonly search: (query: NameQuery) => NamePage;
}

interface Entry {
  readonly productId: string;
  readonly category: string | undefined;
  /** The words, each preceded by a space: a word that begins with a text follows a space and the text. */
  readonly words: string;
  /** The beginning of the words, which determines the order and is in cursors. */
  readonly sort: string;
}

const SORT_LENGTH = 64;

/**
 * Position of an entry in the results: names that begin with the first word of the query come first, then all are in the
 * order of their words.
 */
type Position = readonly [isLater: 0 | 1, sort: string, productId: string];

/** Creates an empty index of at most `maxSize` products. A search compares all names: some milliseconds for 20,000. */
export function createNameIndex(maxSize: number): NameIndex {
  const entries = new Map<string, Entry>();
  const sorted: Entry[] = [];
  let isFull = false;

  const remove = (productId: string) => {
    const entry = entries.get(productId);
    if (!entry) return;
    entries.delete(productId);
    sorted.splice(indexIn(sorted, entry), 1);
  };

  return {
    size: () => entries.size,
    isFull: () => isFull,
    delete: remove,

    set({ productId, name, category }) {
      remove(productId);
      if (entries.size >= maxSize) {
        isFull = true;
        return;
      }
      const words = ` ${wordsOf(name).join(' ')}`;
      const entry = { productId, category, words, sort: words.slice(0, SORT_LENGTH) };
      entries.set(productId, entry);
      sorted.splice(indexIn(sorted, entry), 0, entry);
    },

    search({ text, category, limit, cursor }) {
      const [first, ...others] = new Set(wordsOf(text).map((word) => ` ${word}`));
      if (first === undefined) return { productIds: [] };
      const list = digest([first, ...others, category ?? null]);
      const after = cursor === undefined ? undefined : decodeCursor(cursor, list);
      const found: Record<Position[0], Position[]> = { 0: [], 1: [] };
      for (const entry of sorted) {
        const start = entry.words.indexOf(first);
        if (start === -1 || (category !== undefined && entry.category !== category)) continue;
        if (!others.every((word) => entry.words.includes(word))) continue;
        const position: Position = [start === 0 ? 0 : 1, entry.sort, entry.productId];
        if (!after || isAfter(position, after)) found[position[0]].push(position);
        // One more than the page: whether there is a next one.
        if (found[0].length > limit) break;
      }
      const all = [...found[0], ...found[1]];
      const page = all.slice(0, limit);
      const next = all.length > limit ? { cursor: encodeCursor(list, page.at(-1)) } : {};
      return { productIds: page.map(([, , productId]) => productId), ...next };
    },
  };
}

/** Index of the entry in its sorted list, or the index at which to insert it. */
function indexIn(sorted: readonly Entry[], entry: Entry): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (order(sorted[middle] as Entry, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function order(a: Omit<Entry, 'words' | 'category'>, b: Omit<Entry, 'words' | 'category'>): number {
  return compare(a.sort, b.sort) || compare(a.productId, b.productId);
}

function isAfter([isLater, sort, productId]: Position, after: Position): boolean {
  if (isLater !== after[0]) return isLater > after[0];
  return order({ sort, productId }, { sort: after[1], productId: after[2] }) > 0;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function digest(list: unknown): string {
  return createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 12);
}

function encodeCursor(list: string, position: Position | undefined): string {
  return Buffer.from(JSON.stringify([list, position])).toString('base64url');
}

function decodeCursor(cursor: string, list: string): Position {
  const [, position] = parse(Buffer.from(cursor, 'base64url').toString());
  const [isLater, sort, productId] = Array.isArray(position) ? (position as readonly unknown[]) : [];
  if ((isLater === 0 || isLater === 1) && typeof sort === 'string' && typeof productId === 'string') {
    const decoded: Position = [isLater, sort, productId];
    if (encodeCursor(list, decoded) === cursor) return decoded;
  }
  throw new DomainError(
    'invalid',
    'invalid-cursor',
    'The cursor is not from this list. Start again without one.',
  );
}

function parse(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}
