import assert from 'node:assert/strict';
import { key, put } from '../table.ts';
import { add, changesUntil, eventIds, sampleEvent, setTo, type Store, test, thing } from './fixtures.ts';

/** Conformance of the change feed, and of expired items. */
export function changesConform(open: () => Promise<Store>): void {
  const [a, b] = [key(thing, 'a'), key(thing, 'b')];

  test(
    'the feed has each change with events once, in order, with both images',
    open,
    async ({ table, feed }) => {
      await table.update(a, add(1, sampleEvent('1a'), sampleEvent('1b')));
      await table.update(a, add(1));
      await table.putIfNewer(b, { version: 3, count: 3 });
      await table.update(a, add(1, sampleEvent('3')));
      await table.update(a, add(1, sampleEvent('4')));

      const changes = await changesUntil(feed, '4');
      assert.deepEqual(changes.map(eventIds), [['1a', '1b'], ['3'], ['4']]);
      const [first, second] = changes;
      const traceparent = '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01';
      assert.ok(first && second);
      assert.deepEqual(
        { ...first, id: '' },
        {
          id: '',
          kind: 'thing',
          key: 'a',
          after: {
            version: 1,
            state: { version: 1, count: 1 },
            events: [sampleEvent('1a'), sampleEvent('1b')],
            traceparent,
          },
          expired: false,
        },
      );
      assert.deepEqual(second.before, {
        version: 2,
        state: { version: 2, count: 2 },
        events: [],
      });
      assert.deepEqual(second.after?.state, { version: 3, count: 3 });
      assert.equal(new Set(changes.map(({ id }) => id)).size, 3);
    },
  );

  test('the feed has a change for each item of a transaction', open, async ({ table, feed }) => {
    await table.transact([a, b], (read) => ({
      writes: [
        put(a, add(1)(read.get(a)).state, [sampleEvent('a1')]),
        put(b, add(1)(read.get(b)).state, [sampleEvent('b1')]),
      ],
    }));
    const changes = [...(await changesUntil(feed, 'a1'))];
    if (!changes.flatMap(eventIds).includes('b1')) changes.push(...(await changesUntil(feed, 'b1')));
    assert.deepEqual(changes.flatMap(eventIds).sort(), ['a1', 'b1']);
  });

  test('concurrent changes of an item are in the order of their versions', open, async ({ table, feed }) => {
    const items = [a, b, key(thing, 'c#with#separators')];
    await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        items.map((item) => table.update(item, add(1, sampleEvent(`${item.id}-${i}`)))),
      ).flat(),
    );
    const versions: Record<string, number[]> = {};
    const signal = AbortSignal.timeout(20_000);
    for (let count = 0; count < 30;) {
      const [change] = await feed.read(1, signal);
      assert.ok(change, `only ${count} changes`);
      (versions[change.key] ??= []).push(change.after?.version ?? 0);
      await feed.checkpoint(change);
      count++;
    }
    const inOrder = Array.from({ length: 10 }, (_, i) => i + 1);
    assert.deepEqual(versions, { a: inOrder, b: inOrder, 'c#with#separators': inOrder });
  });

  test('a change is read again until it is acknowledged', open, async ({ table, feed }) => {
    const signal = AbortSignal.timeout(20_000);
    await table.update(a, add(1, sampleEvent('1')));
    await table.update(a, add(1, sampleEvent('2')));
    const [first] = await feed.read(1, signal);
    const [again] = await feed.read(1, signal);
    assert.deepEqual(again, first);
    assert.ok(first);
    await feed.checkpoint(first);
    assert.deepEqual((await changesUntil(feed, '2')).map(eventIds), [['2']]);
  });

  test('a waiting read resolves at a change, and to none when aborted', open, async ({ table, feed }) => {
    const waitingRead = feed.read(10, AbortSignal.timeout(20_000));
    await table.update(a, add(1, sampleEvent('new')));
    assert.deepEqual((await waitingRead).map(eventIds), [['new']]);
    for (const change of await waitingRead) await feed.checkpoint(change);

    const stopping = new AbortController();
    const abortedRead = feed.read(10, stopping.signal);
    stopping.abort();
    assert.deepEqual(await abortedRead, []);
    assert.deepEqual(await feed.read(10, stopping.signal), []);
  });

  test('an expired item is absent to every call', open, async ({ table, clock }) => {
    const expiresAt = Math.floor(clock.now / 1000) + 3600;
    await table.update(a, setTo({ count: 1, group: 'red', rank: '1', expiresAt }));
    clock.now = expiresAt * 1000 - 1;
    assert.equal((await table.get(a))?.count, 1);

    clock.now = expiresAt * 1000;
    assert.equal(await table.get(a), undefined);
    assert.deepEqual(await table.getMany([a]), []);
    assert.deepEqual(await table.query(thing, { index: 'byGroup', limit: 5 }), { items: [] });
    await table.transact([a], (read) => {
      assert.equal(read.get(a), undefined);
      return { writes: [] };
    });
  });

  test('a write replaces an expired item as if it were absent', open, async ({ table, feed, clock }) => {
    const expiresAt = Math.floor(clock.now / 1000) + 3600;
    for (const item of [a, b]) await table.putIfNewer(item, { version: 7, count: 1, expiresAt });
    clock.now = expiresAt * 1000;

    assert.equal(await table.putIfNewer(b, { version: 2, count: 5 }), true);
    assert.equal(await table.putIfNewer(b, { version: 1, count: 6 }), false);
    assert.deepEqual(await table.get(b), { version: 2, count: 5 });

    const updates = Array.from({ length: 5 }, (_, i) => table.update(a, add(1, sampleEvent(`re-${i}`))));
    await Promise.all(updates);
    assert.deepEqual(await table.get(a), { version: 5, count: 5 });
    const [first] = await changesUntil(feed, 're-4');
    assert.deepEqual(first?.before?.state, { version: 7, count: 1, expiresAt });
    assert.equal(first?.expired, false);
  });

  test(
    'concurrent writes that replace an expired item conflict, and all are applied',
    open,
    async ({ table, openTable, clock }) => {
      const expiresAt = Math.floor(clock.now / 1000) + 3600;
      await table.putIfNewer(a, { version: 1, count: 1, expiresAt });
      clock.now = expiresAt * 1000;
      const tables = [table, openTable(), openTable()];
      await Promise.all(tables.map((table) => table.update(a, add(1))));
      assert.deepEqual(await table.get(a), { version: 3, count: 3 });
    },
  );
}
