import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTable } from '@tandem/storage/create-table';
import { openSqlite } from '@tandem/storage/sqlite';
import {
  changedAfter,
  createNameChangeRecorder,
  MAX_RECENT,
  type NameChanges,
  nameChangesKey,
  withChanges,
} from './name-changes.ts';

const ids = (count: number, prefix = 'p') => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

test('a reader learns of each product that changed after the version that it knows, once', () => {
  let changes: NameChanges | undefined;
  for (const productIds of [['a'], ['b'], ['a', 'c', 'c']]) changes = withChanges(changes, productIds);
  assert.ok(changes);
  assert.equal(changes.version, 3);
  assert.deepEqual(
    [0, 1, 2, 3].map((version) => changedAfter(changes, version)),
    [['b', 'a', 'c'], ['b', 'a', 'c'], ['a', 'c'], []],
  );
});

test('a reader that missed more changes than are stored learns that it did', () => {
  const before = withChanges(undefined, ['first']);
  const full = withChanges(before, ids(MAX_RECENT));
  assert.equal(full.recent.length, MAX_RECENT);
  assert.equal(changedAfter(full, 0), undefined);
  assert.deepEqual(changedAfter(full, 1), ids(MAX_RECENT));
  const more = withChanges(full, ['p0', 'more']);
  assert.equal(changedAfter(more, 1), undefined, 'p1 was dropped');
  assert.deepEqual(changedAfter(more, 2), ['p0', 'more']);
  const flood = withChanges(more, ids(MAX_RECENT + 1, 'q'));
  assert.equal(changedAfter(flood, 3), undefined);
  assert.deepEqual(changedAfter(flood, 4), []);
});

test('concurrent changes are recorded together; a failure is reported and the next change recorded', async (t) => {
  const { driver, close } = openSqlite(':memory:');
  t.after(close);
  let writes = 0;
  const errors: unknown[] = [];
  const table = createTable(
    {
      ...driver,
      write: (puts) => {
        writes++;
        return writes === 2 ? Promise.reject(new Error('down')) : driver.write(puts);
      },
    },
    { now: Date.now },
  );
  const record = createNameChangeRecorder(table, (error) => errors.push(error));
  await Promise.all(ids(40).map(record));
  assert.deepEqual([writes, errors.length], [2, 1]);
  await record('later');
  const stored = await table.get(nameChangesKey);
  assert.deepEqual(
    stored?.recent.map(({ productId }) => productId),
    ['p0', 'later'],
  );
});
