import assert from 'node:assert/strict';
import { key } from '../table.ts';
import { become, type Store, test, thing } from './fixtures.ts';
import { listed, place, range } from './query-fixtures.ts';

/** The order of a partition's entries, and its reverse. */
export function queryOrderConforms(open: () => Promise<Store>): void {
  test('pages through a partition in descending order', open, async ({ table }) => {
    await Promise.all([
      ...range(0, 12).map((i) => place(table, 'red', i)),
      ...range(50, 53).map((i) => place(table, 'blue', i)),
    ]);
    const order = 'descending';
    for (const limit of [1, 4, 5, 12]) {
      const pages = await listed(table, { partition: 'red', limit, order });
      assert.ok(pages.every(({ length }) => length <= limit));
      assert.deepEqual(pages.flat(), range(0, 12).reverse());
    }
    const ascending = await listed(table, { partition: 'red', limit: 5, order: 'ascending' });
    assert.deepEqual(ascending.flat(), range(0, 12));
    assert.deepEqual(await listed(table, { partition: '', limit: 5, order }), [[]]);
    await Promise.all(['x', 'y', 'z'].map((id) => place(table, 'red', 7, id)));
    const ties = await listed(table, { partition: 'red', limit: 1, order });
    assert.deepEqual(ties.flat(), [...range(8, 12).reverse(), 7, 7, 7, 7, ...range(0, 7).reverse()]);
  });

  test('orders as bytes of UTF-8', open, async ({ table }) => {
    const ranks = ['A', 'Z', 'a', 'é', '漢', '\u{ffff}', '🛒'];
    await Promise.all(
      [...ranks.entries()].map(([i, rank]) =>
        table.update(key(thing, `sorted-${i}`), become({ count: i, group: 'red', rank })),
      ),
    );
    assert.deepEqual(await listed(table, { partition: 'red', limit: 10 }), [range(0, 7)]);
    assert.deepEqual(await listed(table, { partition: 'red', limit: 10, order: 'descending' }), [
      range(0, 7).reverse(),
    ]);
  });

  test('only a partition can be listed in descending order', open, async ({ table }) => {
    await assert.rejects(table.query(thing, { index: 'byGroup', limit: 5, order: 'descending' }), RangeError);
  });

  test('a cursor of one order is none of the other', open, async ({ table }) => {
    await Promise.all(range(0, 3).map((i) => place(table, 'red', i)));
    const query = { index: 'byGroup', partition: 'red', limit: 1 };
    for (const [order, other] of [
      ['ascending', 'descending'],
      ['descending', 'ascending'],
    ] as const) {
      const { cursor = assert.fail() } = await table.query(thing, { ...query, order });
      const continued = table.query(thing, { ...query, cursor, order: other });
      await assert.rejects(continued, { code: 'invalid-cursor' });
    }
  });
}
