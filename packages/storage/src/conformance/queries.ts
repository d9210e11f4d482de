import assert from 'node:assert/strict';
import { DomainError } from '@tandem/chassis/errors';
import { key } from '../table.ts';
import { setTo, type Store, test, thing } from './fixtures.ts';
import { listPages, putInGroup, range, rank } from './query-fixtures.ts';
import { queryOrderConforms } from './query-order.ts';

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Conformance of index queries: pages are full and in order, and no entry is lost or repeated. */
export function queriesConform(open: () => Promise<Store>): void {
  queryOrderConforms(open);

  test('a partition is listed in order, page by page', open, async ({ table }) => {
    await Promise.all([
      ...range(0, 12).map((i) => putInGroup(table, 'red', i)),
      ...range(50, 53).map((i) => putInGroup(table, 'blue', i)),
      table.update(key(thing, 'not-indexed'), setTo({ count: 99 })),
    ]);
    assert.deepEqual(await listPages(table, { partition: 'red', limit: 5 }), [
      range(0, 5),
      range(5, 10),
      range(10, 12),
    ]);
    assert.deepEqual(await listPages(table, { partition: 'red', limit: 12 }), [range(0, 12)]);
    assert.deepEqual(await listPages(table, { partition: 'red', limit: 6 }), [range(0, 6), range(6, 12)]);
    assert.deepEqual(await listPages(table, { partition: 'green', limit: 5 }), [[]]);
    assert.deepEqual(await listPages(table, { partition: '', limit: 5 }), [[]]);
    assert.deepEqual(await table.query({ name: 'other' }, { index: 'byGroup', limit: 5 }), { items: [] });
  });

  test('a partition is listed up to an inclusive bound', open, async ({ table }) => {
    await Promise.all(range(0, 12).map((i) => putInGroup(table, 'red', i)));
    const until = (i: number) => ({ partition: 'red', until: rank(i), limit: 4 });
    assert.deepEqual(await listPages(table, until(7)), [range(0, 4), range(4, 8)]);
    assert.deepEqual(await listPages(table, until(99)), [range(0, 4), range(4, 8), range(8, 12)]);
    assert.deepEqual(await listPages(table, { partition: 'red', until: '', limit: 4 }), [[]]);
    for (const query of [{ until: 'a' }, { until: 'a', partition: 'red', order: 'descending' as const }])
      await assert.rejects(table.query(thing, { index: 'byGroup', limit: 1, ...query }), RangeError);
  });

  test(
    'a list of ids with a common beginning has the matches of each page of entries',
    open,
    async ({ table }) => {
      await Promise.all(
        range(0, 12).map((i) => putInGroup(table, 'red', i, i % 4 === 3 ? `a/${i}` : `ab/${i}`)),
      );
      const query = { partition: 'red', limit: 5 };
      assert.deepEqual(await listPages(table, { ...query, idPrefix: 'a/' }), [[3], [7], [11]]);
      assert.deepEqual((await listPages(table, { ...query, idPrefix: 'b' })).flat(), []);
      assert.deepEqual((await listPages(table, { ...query, idPrefix: '' })).flat(), range(0, 12));
    },
  );

  test('the whole index is listed, page by page', open, async ({ table }) => {
    await Promise.all(range(0, 23).map((i) => putInGroup(table, `group-${i % 5}`, i)));
    const pages = await listPages(table, { limit: 4 });
    assert.deepEqual(
      pages.map((page) => page.length),
      [4, 4, 4, 4, 4, 3],
    );
    assert.deepEqual(
      pages.flat().sort((x, y) => x - y),
      range(0, 23),
    );
  });

  test('entries have their complete state, also if they have the same sort key', open, async ({ table }) => {
    const ids = ['tie-1', 'tie-2', 'tie-3'];
    await Promise.all(ids.map((id) => putInGroup(table, 'red', 7, id)));
    const first = await table.query(thing, { index: 'byGroup', partition: 'red', limit: 1 });
    assert.deepEqual(first.items, [{ version: 1, count: 7, group: 'red', rank: '007' }]);
    assert.deepEqual(await listPages(table, { partition: 'red', limit: 1 }), [[7], [7], [7]]);
  });

  test('a write moves the entry of an item in the index, or removes it', open, async ({ table }) => {
    await putInGroup(table, 'red', 1, 'x');
    await putInGroup(table, 'red', 2, 'y');
    await putInGroup(table, 'blue', 3, 'x');
    assert.deepEqual(await listPages(table, { partition: 'red', limit: 5 }), [[2]]);
    assert.deepEqual(await listPages(table, { partition: 'blue', limit: 5 }), [[3]]);
    await table.update(key(thing, 'x'), setTo({ count: 3 }));
    assert.deepEqual(await listPages(table, { partition: 'blue', limit: 5 }), [[]]);
    assert.deepEqual(await listPages(table, { limit: 5 }), [[2]]);
  });

  test('concurrent writes cause no lost or repeated entries between two pages', open, async ({ table }) => {
    await Promise.all(range(10, 20).map((i) => putInGroup(table, 'red', i)));
    const query = { index: 'byGroup', partition: 'red', limit: 4 };
    const first = await table.query(thing, query);
    await Promise.all([
      putInGroup(table, 'red', 1, 'before'),
      putInGroup(table, 'blue', 12, 'elsewhere'),
      table.update(key(thing, 'red-13'), setTo({ count: 13 })),
    ]);
    assert.ok(first.cursor);
    const rest = await table.query(thing, { ...query, limit: 100, cursor: first.cursor });
    assert.deepEqual(
      [...first.items, ...rest.items].map(({ count }) => count),
      range(10, 20),
    );
    assert.equal(rest.cursor, undefined);
  });

  test('pages are full although expired items lie between their entries', open, async ({ table, clock }) => {
    const later = Math.floor(clock.now / 1000) + 3600;
    await Promise.all(
      range(0, 30).map((i) => putInGroup(table, 'red', i, `e-${i}`, i % 3 === 0 ? undefined : later)),
    );
    clock.now += 3_600_000;
    assert.deepEqual(await listPages(table, { partition: 'red', limit: 5 }), [
      [0, 3, 6, 9, 12],
      [15, 18, 21, 24, 27],
    ]);
    const whole = await listPages(table, { limit: 4 });
    assert.deepEqual(
      whole.map((page) => page.length),
      [4, 4, 2],
    );
  });

  test('a forged or foreign cursor is rejected', open, async ({ table }) => {
    await Promise.all(range(0, 3).map((i) => putInGroup(table, 'red', i)));
    const query = { index: 'byGroup', partition: 'red', limit: 1 };
    const { cursor } = await table.query(thing, query);
    assert.ok(cursor);
    const garbage = [
      '',
      'x',
      `${cursor}x`,
      `${cursor}=`,
      encoded(null),
      encoded({}),
      encoded([1, 2, 3, 4]),
      encoded(['byGroup', 'red', '', 'thing#a']),
      encoded(['byGroup', 'red', '\ud800', 'thing#a']),
      encoded(['byGroup', 'red', 'x'.repeat(3000), 'thing#a']),
      encoded(['byGroup', 'blue', '000', 'thing#a']),
      encoded(['other', 'red', '000', 'thing#a']),
    ];
    for (const cursor of garbage) {
      await assert.rejects(
        table.query(thing, { ...query, cursor }),
        (error) =>
          error instanceof DomainError && error.kind === 'invalid' && error.code === 'invalid-cursor',
        cursor,
      );
    }
  });
}
