import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';
import { add, changesUntil, eventIds, sampleEvent, setTo, thing } from './conformance/fixtures.ts';
import { conformance } from './conformance.ts';
import { createTable } from './create-table.ts';
import { openSqlite } from './sqlite.ts';
import { type EntityType, key, type Versioned } from './table.ts';

async function temporaryDirectory() {
  const directory = await mkdtemp(join(tmpdir(), 'tandem-sqlite-'));
  return { file: join(directory, 'table.db'), remove: () => rm(directory, { recursive: true }) };
}

conformance('SQLite in memory', async () => {
  const store = openSqlite(':memory:');
  return { ...store, close: async () => store.close() };
});

conformance('SQLite in a file', async () => {
  const { file, remove } = await temporaryDirectory();
  const store = openSqlite(file);
  return {
    ...store,
    close: async () => {
      store.close();
      await remove();
    },
  };
});

/** A file for stores, which are closed at the end of the test. */
async function sharedFile(t: TestContext) {
  const { file, remove } = await temporaryDirectory();
  const stores: ReturnType<typeof openSqlite>[] = [];
  t.after(async () => {
    for (const store of stores) store.close();
    await remove();
  });
  return {
    file,
    open: (options?: Parameters<typeof openSqlite>[1]) => {
      const store = openSqlite(file, options);
      stores.push(store);
      return { ...store, table: createTable(store.driver, { now: Date.now }) };
    },
    closeAll: () => {
      for (const store of stores.splice(0)) store.close();
    },
  };
}

describe('SQLite', () => {
  const a = key(thing, 'a');

  it('writes of one connection are visible to another, and wake its feed', async (t) => {
    const { open } = await sharedFile(t);
    const [first, second] = [open(), open()];
    const changes = changesUntil(second.feed, 'last');
    await Promise.all(
      [first, second].flatMap(({ table }) => Array.from({ length: 50 }, () => table.update(a, add(1)))),
    );
    await first.table.update(a, add(1, sampleEvent('last')));
    assert.deepEqual(await second.table.get(a), { version: 101, count: 101 });
    assert.deepEqual((await changes).map(eventIds), [['last']]);
  });

  it('a commit of the same connection wakes the feed without a poll', async (t) => {
    const { open } = await sharedFile(t);
    const { table, feed } = open();
    t.mock.timers.enable({ apis: ['setTimeout'] });
    for (let i = 0; i < 20; i++) {
      const changes = changesUntil(feed, `${i}`);
      await setImmediate();
      await table.update(a, add(1, sampleEvent(`${i}`)));
      await changes;
    }
  });

  it('items and unacknowledged changes survive a restart', async (t) => {
    const { open, closeAll } = await sharedFile(t);
    const first = open();
    for (const event of ['1', '2', '3']) await first.table.update(a, add(1, sampleEvent(event)));
    const [change] = await first.feed.read(1, AbortSignal.timeout(5_000));
    assert.ok(change);
    await first.feed.checkpoint(change);
    closeAll();

    const second = open();
    assert.deepEqual(await second.table.get(a), { version: 3, count: 3 });
    const remaining = await changesUntil(second.feed, '3');
    assert.deepEqual(remaining.map(eventIds), [['2'], ['3']]);
    closeAll();

    const third = open();
    await third.table.update(a, add(1, sampleEvent('4')));
    const [next] = await third.feed.read(1, AbortSignal.timeout(5_000));
    assert.ok(next && ![change, ...remaining].some(({ id }) => id === next.id), 'ids are never reused');
  });

  it('expired items are removed, each with a change that has its old image', async (t) => {
    const { open } = await sharedFile(t);
    const { table, feed, removeExpired } = open();
    const expiresAt = Math.floor(Date.now() / 1000) + 3600;
    const ids = Array.from({ length: 250 }, (_, i) => `old-${i}`);
    for (const id of ids) await table.update(key(thing, id), setTo({ count: 1, expiresAt }));
    await table.update(a, setTo({ count: 2, expiresAt: expiresAt + 1 }));

    assert.equal(removeExpired(expiresAt - 1), 0);
    assert.equal(removeExpired(expiresAt), 250);
    assert.equal(removeExpired(expiresAt), 0);
    const changes = await feed.read(1000, AbortSignal.timeout(5_000));
    assert.equal(changes.length, 250);
    const { id: _, ...change } = changes[0] ?? assert.fail('no change');
    assert.deepEqual(change, {
      kind: 'thing',
      key: 'old-0',
      before: { version: 1, state: { version: 1, count: 1, expiresAt }, events: [] },
      expired: true,
    });
    assert.equal((await table.get(a))?.count, 2);
  });

  it('a write is retried while another process has locked the file', async (t) => {
    const { file, open } = await sharedFile(t);
    const { driver, removeExpired } = open({ busyTimeoutMs: 1 });
    const otherProcess = new DatabaseSync(file);
    t.after(() => otherProcess.close());
    otherProcess.exec('BEGIN IMMEDIATE');
    assert.throws(
      () => removeExpired(1),
      (error) => error instanceof DomainError && error.code === 'store-unavailable',
    );
    let conflicts = 0;
    const onConflict = () => {
      if (++conflicts === 2) otherProcess.exec('ROLLBACK');
    };
    const table = createTable(driver, { now: Date.now, onConflict });
    await table.update(a, add(1));
    assert.equal(conflicts, 2);
    assert.equal((await table.get(a))?.count, 1);
  });
});

describe('a store without relay', () => {
  it('removes expired items without a change that nothing would delete', async (t) => {
    for (const isFollowed of [true, false]) {
      const { file, open } = await sharedFile(t);
      const { driver, removeExpired } = open({ isFollowed });
      await createTable(driver, { now: () => 0 }).update(key(expiring, 'a'), () => ({
        state: { version: 1 },
        events: [],
      }));
      assert.equal(removeExpired(2), 1);
      const [count] = new DatabaseSync(file).prepare('SELECT count(*) AS changes FROM changes').all();
      assert.equal(count?.['changes'], isFollowed ? 1 : 0);
    }
  });
});

const expiring: EntityType<Versioned> = { name: 'expiring', expiresAt: () => 1 };
