import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conformance } from './conformance.ts';
import { add, thing } from './conformance/fixtures.ts';
import { type CacheOptions, cachedTable } from './cached.ts';
import type { Driver } from './driver.ts';
import { createTable } from './create-table.ts';
import { openSqlite } from './sqlite.ts';
import { key, put, type Table, type TransactOptions } from './table.ts';

const [a, b] = [key(thing, 'a'), key(thing, 'b')];
const eventual = { consistent: false } as const;

/** A table with a cache, and the same table without one, as another process would use it. */
function openCached(options: Partial<CacheOptions> = {}) {
  const store = openSqlite(':memory:');
  const uncached: Table = createTable(store.driver, { now: () => Date.now() });
  let reads = 0;
  const countingTable: Table = {
    ...uncached,
    read: (...parameters) => {
      reads += 1;
      return uncached.read(...parameters);
    },
  };
  const table = cachedTable(countingTable, { ttlMs: 60_000, maxItems: 10, ...options });
  return { table, uncached, reads: () => reads, close: () => store.close() };
}

conformance('SQLite with a cache', async () => {
  const { feed, driver, ...store } = openSqlite(':memory:');
  const table = createTable(driver, { now: () => Date.now() });
  const close = async () => store.close();
  return { driver, feed, close, table: cachedTable(table, { ttlMs: 60_000, maxItems: 1_000 }) };
});

test('a state is read from the cache until its time to live is over, unless the read is consistent', async () => {
  const { table, uncached, reads, close } = openCached();
  await uncached.update(a, add(1));
  assert.equal(table.peek(a), undefined);
  const first = await table.get(a, eventual);
  await uncached.update(a, add(1));
  assert.equal(await table.get(a, eventual), first);
  assert.equal(table.peek(a), first);
  assert.equal(reads(), 1);
  assert.equal((await table.get(a))?.count, 2, 'a consistent read');
  close();
});

test('a write through the cached table is visible at once, by every call', async () => {
  const { table, close } = openCached();
  const count = async () => (await table.get(a, eventual))?.count;
  await table.update(a, add(1));
  assert.equal(await count(), 1);
  await table.update(a, add(1));
  assert.equal(await count(), 2);
  await table.putIfNewer(a, { version: 7, count: 7 });
  assert.equal(await count(), 7);
  await table.transact([a, b], (read) => ({ writes: [put(a, add(1)(read.get(a)).state)] }));
  assert.equal(await count(), 8);
  const additionalReads = () => [a];
  await table.transact([b], (read) => ({ writes: [put(a, add(1)(read.get(a)).state)] }), { additionalReads });
  assert.equal(await count(), 9);
  close();
});

test('after a write, reads are strongly consistent for the time to live: a stale read could cache the former state', async () => {
  const { uncached, close } = openCached();
  const consistencies: (boolean | undefined)[] = [];
  const recordingTable: Table = {
    ...uncached,
    read: (keys, options) => {
      consistencies.push(options?.consistent);
      return uncached.read(keys, options);
    },
  };
  const table = cachedTable(recordingTable, { ttlMs: 60_000, maxItems: 10 });
  await uncached.update(b, add(1));
  await table.get(b, eventual);
  await table.update(a, add(1));
  await table.get(a, eventual);
  assert.deepEqual(consistencies, [false, true]);
  close();
});

test('a read during which the item is written is not cached', async () => {
  const { uncached, close } = openCached();
  await uncached.update(a, add(1));
  const write = Promise.withResolvers<void>();
  const slowTable: Table = {
    ...uncached,
    read: async (...parameters) => {
      const snapshot = await uncached.read(...parameters);
      await write.promise;
      return snapshot;
    },
  };
  const table = cachedTable(slowTable, { ttlMs: 60_000, maxItems: 10 });
  const pendingRead = table.get(a, eventual);
  await table.update(a, add(1));
  write.resolve();
  assert.equal((await pendingRead)?.count, 1);
  assert.equal(table.peek(a), undefined);
  assert.equal((await table.get(a, eventual))?.count, 2);
  close();
});

test('of several items, those that are not cached are read in one request', async () => {
  const { table, uncached, reads, close } = openCached();
  for (const item of [a, b]) await uncached.update(item, add(1));
  await table.get(a, eventual);
  await uncached.update(a, add(1));
  const c = key(thing, 'c');
  const snapshot = await table.read([a, b, c], eventual);
  assert.deepEqual(
    [a, b, c].map((item) => snapshot.get(item)?.count),
    [1, 1, undefined],
  );
  assert.equal(reads(), 2);
  assert.equal(table.peek(b)?.count, 1);
  assert.equal((await table.read([a, b])).get(a)?.count, 2);
  close();
});

/** A transaction that writes `a` and reads `b` as it may be stale; resolves to the count of `b`. */
async function countOfStale(table: Table, options: TransactOptions = {}) {
  const { count } = await table.transact(
    [a],
    (read) => ({ count: read.get(b)?.count, writes: [put(a, add(1)(read.get(a)).state)] }),
    { staleReads: () => [b], ...options },
  );
  return count;
}

test('the stale reads of a transaction are read from the cache, and cached', async () => {
  const { table, uncached, close } = openCached();
  await uncached.update(b, add(1));
  assert.equal(await countOfStale(table), 1);
  assert.equal(table.peek(b)?.count, 1);
  await uncached.update(b, add(1));
  assert.equal(await countOfStale(table), 1, 'from the cache');
  assert.equal(await countOfStale(table, { earlyReads: [b] }), 2, 'an early read is consistent');
  assert.equal(
    await countOfStale(table, { additionalReads: () => [b] }),
    2,
    'an additional read is consistent',
  );
  await table.update(b, add(1));
  assert.equal(await countOfStale(table), 3, 'a write through the table is visible at once');
  assert.equal(table.peek(a), undefined, 'a written item is not cached');
  close();
});

test('a stale read of a transaction during which the item is written is not cached', async () => {
  const { driver, close } = openSqlite(':memory:');
  const write = Promise.withResolvers<void>();
  const slow: Driver = {
    ...driver,
    read: async (pks, options) => {
      const rows = await driver.read(pks, options);
      if (!options.consistent) await write.promise;
      return rows;
    },
  };
  const table = cachedTable(createTable(slow, { now: () => Date.now() }), { ttlMs: 60_000, maxItems: 10 });
  await createTable(driver, { now: () => Date.now() }).update(b, add(1));
  const pending = countOfStale(table);
  await new Promise(setImmediate);
  await table.update(b, add(1));
  write.resolve();
  assert.equal(await pending, 1);
  assert.equal(table.peek(b), undefined);
  assert.equal(await countOfStale(table), 2, 'after a write the read is consistent');
  close();
});

test('at most maxItems states are cached, and none with a time to live of 0', async () => {
  const { table, uncached, close } = openCached({ maxItems: 1 });
  for (const item of [a, b]) await uncached.update(item, add(1));
  for (const item of [a, b]) await table.get(item, eventual);
  assert.equal(table.peek(a), undefined);
  assert.equal(table.peek(b)?.count, 1);
  close();

  const disabled = openCached({ ttlMs: 0 });
  await disabled.uncached.update(a, add(1));
  await disabled.table.get(a, eventual);
  assert.equal(disabled.table.peek(a), undefined);
  disabled.close();
});

test('the absence of an item is not cached', async () => {
  const { table, uncached, close } = openCached();
  assert.equal(await table.get(a, eventual), undefined);
  await uncached.update(a, add(1));
  assert.equal((await table.get(a, eventual))?.count, 1);
  close();
});
