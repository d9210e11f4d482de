import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Driver, IndexPage, StoredState } from './driver.ts';
import { pkPrefix } from './pk.ts';
import type { EntityType, Page, Query, Versioned } from './table.ts';

/** Reads a page of an index. It is full if enough live items of the entity type follow. */
export async function listPage<S extends Versioned>(
  driver: Driver,
  { name }: EntityType<S>,
  { limit, cursor, idPrefix, ...list }: Query,
  isLive: (row: StoredState) => boolean,
): Promise<Page<S>> {
  if (!(Number.isSafeInteger(limit) && limit >= 1))
    throw new RangeError(`The limit ${limit} is not a positive integer.`);
  if (list.order === 'descending' && list.partition === undefined)
    throw new RangeError('Descending order requires a partition.');
  if (list.until !== undefined && (list.partition === undefined || list.order === 'descending'))
    throw new RangeError('The bound `until` requires a partition and ascending order.');
  let after = cursor === undefined ? undefined : decodeCursor(cursor, list);
  if (list.partition === '' || list.until === '') return { items: [] };
  if (idPrefix !== undefined) {
    const page = await driver.queryIndex({ ...list, limit, after, pkPrefix: pkPrefix(name) + idPrefix });
    const items = page.rows.filter(isLive).map(({ state }) => state as S);
    return { items, ...(page.next && { cursor: encodeCursor(list, page.next) }) };
  }
  const rows: IndexPage['rows'][number][] = [];
  do {
    const page = await driver.queryIndex({ ...list, limit: limit + 1, after });
    rows.push(...page.rows.filter((row) => isLive(row) && row.pk.startsWith(pkPrefix(name))));
    after = page.next;
  } while (rows.length <= limit && after);

  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(({ state }) => state as S),
    ...(last && rows.length > limit ? { cursor: encodeCursor(list, last.position) } : {}),
  };
}
