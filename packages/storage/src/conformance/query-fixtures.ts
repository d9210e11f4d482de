import { key, type Query, type Table } from '../table.ts';
import { setTo, thing } from './fixtures.ts';

export const rank = (i: number) => String(i).padStart(3, '0');

/** Writes an item of a group with count and rank `i`. */
export function putInGroup(table: Table, group: string, i: number, id = `${group}-${i}`, expiresAt?: number) {
  return table.update(key(thing, id), setTo({ count: i, group, rank: rank(i), expiresAt }));
}

/** Lists the counts of all items of a query, page by page. */
export async function listPages(table: Table, query: Omit<Query, 'index' | 'cursor'>): Promise<number[][]> {
  const pages: number[][] = [];
  let cursor: string | undefined;
  do {
    const page = await table.query(thing, { index: 'byGroup', ...query, ...(cursor ? { cursor } : {}) });
    pages.push(page.items.map(({ count }) => count));
    cursor = page.cursor;
  } while (cursor);
  return pages;
}

export const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
