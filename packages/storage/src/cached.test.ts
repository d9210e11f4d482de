import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conformance } from './conformance.ts';
import { add, thing } from './conformance/fixtures.ts';
import { type CacheOptions, cachedTable } from './cached.ts';
import { createTable } from './create-table.ts';
import { openSqlite } from './sqlite.ts';
import { key, put, type Table } from './table.ts';

const [a, b] = [key(thing, 'a'), key(thing, 'b')];
const old = { consistent: false } as const;

/** A table behind a cache, and the same table as another process has it. */
function open(options: Partial<CacheOptions> = {}) {
  const store = openSqlite(':memory:');
  const others: Table = createTable(store.driver, { now: () => Date.now() });
  let reads = 0;
  const counting: Table = {
    ...others,
    read: (...parameters) => {
      reads += 1;
      return others.read(...parameters);
    },
  };
  const table = cachedTable(counting, { ttlMs: 60_000, maxItems: 10, ...options });
  return { table, others, reads: () => reads, counting, close: () => store.close() };
}

conformance('SQLite behind a cache', async () => {
  const { feed, driver, ...store } = openSqlite(':memory:');
  const table = createTable(driver, { now: () => Date.now() });
  const close = async () => store.close();
  return { driver, feed, close, table: cachedTable(table, { ttlMs: 60_000, maxItems: 1_000 }) };
});

test('a read state is returned from the cache until its time to live is over', async () => {
  const { table, others, reads, close } = open();
  await others.update(a, add(1));
  assert.equal(table.peek(a), undefined);
  const first = await table.get(a, old);
  await others.update(a, add(1));
  assert.equal(await table.get(a, old), first);
  assert.equal(table.peek(a), first);
  assert.equal(reads(), 1);
  assert.equal((await table.get(a))?.count, 2, 'who asks for the newest gets it');
  close();
});

test('a write through the cached table is visible at once, by every call', async () => {
  const { table, close } = open();
  const count = async () => (await table.get(a, old))?.count;
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

test('after a write, reads are strongly consistent for the time to live: a stale read could bring back the former state', async () => {
  const { others, close } = open();
  const asked: (boolean | undefined)[] = [];
  const watched: Table = {
    ...others,
    read: (keys, options) => {
      asked.push(options?.consistent);
      return others.read(keys, options);
    },
  };
  const table = cachedTable(watched, { ttlMs: 60_000, maxItems: 10 });
  await others.update(b, add(1));
  await table.get(b, old);
  await table.update(a, add(1));
  await table.get(a, old);
  assert.deepEqual(asked, [false, true]);
  close();
});

test('a read that a write overtakes is not cached', async () => {
  const { counting, others, close } = open();
  await others.update(a, add(1));
  const { promise: written, resolve: goOn } = Promise.withResolvers<void>();
  const slow: Table = {
    ...counting,
    read: async (...parameters) => {
      const snapshot = await others.read(...parameters);
      await written;
      return snapshot;
    },
  };
  const table = cachedTable(slow, { ttlMs: 60_000, maxItems: 10 });
  const overtaken = table.get(a, old);
  await table.update(a, add(1));
  goOn();
  assert.equal((await overtaken)?.count, 1);
  assert.equal(table.peek(a), undefined);
  assert.equal((await table.get(a, old))?.count, 2);
  close();
});

test('of several items only those are read that are not cached, in one request', async () => {
  const { table, others, reads, close } = open();
  for (const item of [a, b]) await others.update(item, add(1));
  await table.get(a, old);
  await others.update(a, add(1));
  const c = key(thing, 'c');
  const snapshot = await table.read([a, b, c], old);
  assert.deepEqual(
    [a, b, c].map((item) => snapshot.get(item)?.count),
    [1, 1, undefined],
  );
  assert.equal(reads(), 2);
  assert.equal(table.peek(b)?.count, 1);
  assert.equal((await table.read([a, b])).get(a)?.count, 2);
  close();
});

test('caches at most maxItems states, and none with a time to live of 0', async () => {
  const { table, others, close } = open({ maxItems: 1 });
  for (const item of [a, b]) await others.update(item, add(1));
  for (const item of [a, b]) await table.get(item, old);
  assert.equal(table.peek(a), undefined);
  assert.equal(table.peek(b)?.count, 1);
  close();

  const none = open({ ttlMs: 0 });
  await none.others.update(a, add(1));
  await none.table.get(a, old);
  assert.equal(none.table.peek(a), undefined);
  none.close();
});

test('a missing item is read again', async () => {
  const { table, others, close } = open();
  assert.equal(await table.get(a, old), undefined);
  await others.update(a, add(1));
  assert.equal((await table.get(a, old))?.count, 1);
  close();
});
