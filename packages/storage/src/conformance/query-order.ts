import assert from 'node:assert/strict';
import { key } from '../table.ts';
import { setTo, type Store, test, thing } from './fixtures.ts';
import { listPages, putInGroup, range } from './query-fixtures.ts';

/** Conformance of index queries to their order, ascending and descending. */
export function queryOrderConforms(open: () => Promise<Store>): void {
  test('a partition is listed in descending order, page by page', open, async ({ table }) => {
    await Promise.all([
      ...range(0, 12).map((i) => putInGroup(table, 'red', i)),
      ...range(50, 53).map((i) => putInGroup(table, 'blue', i)),
    ]);
    const order = 'descending';
    for (const limit of [1, 4, 5, 12]) {
      const pages = await listPages(table, { partition: 'red', limit, order });
      assert.ok(pages.every(({ length }) => length <= limit));
      assert.deepEqual(pages.flat(), range(0, 12).reverse());
    }
    const ascending = await listPages(table, { partition: 'red', limit: 5, order: 'ascending' });
    assert.deepEqual(ascending.flat(), range(0, 12));
    assert.deepEqual(await listPages(table, { partition: '', limit: 5, order }), [[]]);
    await Promise.all(['x', 'y', 'z'].map((id) => putInGroup(table, 'red', 7, id)));
    const ties = await listPages(table, { partition: 'red', limit: 1, order });
    assert.deepEqual(ties.flat(), [...range(8, 12).reverse(), 7, 7, 7, 7, ...range(0, 7).reverse()]);
  });

  test('entries are ordered by the bytes of UTF-8', open, async ({ table }) => {
    const ranks = ['A', 'Z', 'a', 'é', '漢', '\u{ffff}', '🛒'];
    await Promise.all(
      [...ranks.entries()].map(([i, rank]) =>
        table.update(key(thing, `sorted-${i}`), setTo({ count: i, group: 'red', rank })),
      ),
    );
    assert.deepEqual(await listPages(table, { partition: 'red', limit: 10 }), [range(0, 7)]);
    assert.deepEqual(await listPages(table, { partition: 'red', limit: 10, order: 'descending' }), [
      range(0, 7).reverse(),
    ]);
  });

  test('only a partition can be listed in descending order', open, async ({ table }) => {
    await assert.rejects(table.query(thing, { index: 'byGroup', limit: 5, order: 'descending' }), RangeError);
  });

  test('a cursor of one order is rejected by the other', open, async ({ table }) => {
    await Promise.all(range(0, 3).map((i) => putInGroup(table, 'red', i)));
    const query = { index: 'byGroup', partition: 'red', limit: 1 };
    for (const [order, otherOrder] of [
      ['ascending', 'descending'],
      ['descending', 'ascending'],
    ] as const) {
      const { cursor = assert.fail() } = await table.query(thing, { ...query, order });
      const continued = table.query(thing, { ...query, cursor, order: otherOrder });
      await assert.rejects(continued, { code: 'invalid-cursor' });
    }
  });
}
