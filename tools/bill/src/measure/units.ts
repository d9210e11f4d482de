import { isDeepStrictEqual } from 'node:util';
import { indexEntry, type IndexLayout, type Item, sizeOf } from './item-size.ts';

const WRITE_BYTES = 1024;
const READ_BYTES = 4096;

/** Write units of an item: the larger of before and after, in steps of 1 KB, and one at the least. */
export function writeUnits(before: Item | undefined, after: Item | undefined): number {
  const bytes = Math.max(before ? sizeOf(before) : 0, after ? sizeOf(after) : 0);
  return Math.max(1, Math.ceil(bytes / WRITE_BYTES));
}

/** What a write costs in an index: nothing where its entry stays as it is, two writes where the key of it changes. */
export function indexWriteUnits(
  before: Item | undefined,
  after: Item | undefined,
  index: IndexLayout,
): number {
  const [from, to] = [indexEntry(before, index), indexEntry(after, index)];
  if (isDeepStrictEqual(from, to)) return 0;
  const isMoved = from && to && index.keys.some((name) => !isDeepStrictEqual(from[name], to[name]));
  return isMoved ? writeUnits(from, undefined) + writeUnits(undefined, to) : writeUnits(from, to);
}

/** Read units of so many bytes read together, in steps of 4 KB: half of them where it may be a moment old. */
export function readUnits(bytes: number, consistent: boolean): number {
  return Math.max(1, Math.ceil(bytes / READ_BYTES)) * (consistent ? 1 : 0.5);
}
