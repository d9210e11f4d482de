import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Driver, IndexPage, StoredState } from './driver.ts';
import { pkPrefix } from './pk.ts';
import type { EntityType, Page, Query, Versioned } from './table.ts';

/** A page of an index, full while there are enough live items of the kind. */
export async function listPage<S extends Versioned>(
  driver: Driver,
  { name }: EntityType<S>,
  { limit, cursor, ...list }: Query,
  isLive: (row: StoredState) => boolean,
): Promise<Page<S>> {
  if (!(Number.isSafeInteger(limit) && limit >= 1)) throw new RangeError(`limit: ${limit}`);
  if (list.order === 'descending' && list.partition === undefined)
    throw new RangeError('Only the entries of one partition can be listed in descending order');
  if (list.until !== undefined && (list.partition === undefined || list.order === 'descending'))
    throw new RangeError(
      'Only the entries of one partition, in ascending order, can be listed up to a bound',
    );
  let after = cursor === undefined ? undefined : decodeCursor(cursor, list);
  if (list.partition === '' || list.until === '') return { items: [] };
  const found: IndexPage['rows'][number][] = [];
  do {
    const page = await driver.queryIndex({ ...list, limit: limit + 1, after });
    found.push(...page.rows.filter((row) => isLive(row) && row.pk.startsWith(pkPrefix(name))));
    after = page.next;
  } while (found.length <= limit && after);

  const items = found.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(({ state }) => state as S),
    ...(last && found.length > limit ? { cursor: encodeCursor(list, last.position) } : {}),
  };
}
