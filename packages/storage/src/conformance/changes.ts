import assert from 'node:assert/strict';
import { key, put } from '../table.ts';
import { add, become, changesUntil, eventIds, happened, type Store, test, thing } from './fixtures.ts';

/** The feed, and what becomes of expired items. */
export function changesConform(open: () => Promise<Store>): void {
  const [a, b] = [key(thing, 'a'), key(thing, 'b')];

  test(
    'tells each change that has events once, in order, with both images',
    open,
    async ({ table, feed }) => {
      await table.update(a, add(1, happened('1a'), happened('1b')));
      await table.update(a, add(1));
      await table.putIfNewer(b, { version: 3, count: 3 });
      await table.update(a, add(1, happened('3')));
      await table.update(a, add(1, happened('4')));

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
            events: [happened('1a'), happened('1b')],
            traceparent,
          },
          expired: false,
        },
      );
      assert.deepEqual(second.before, {
        version: 2,
        state: { version: 2, count: 2 },
        events: [],
        traceparent,
      });
      assert.deepEqual(second.after?.state, { version: 3, count: 3 });
      assert.equal(new Set(changes.map(({ id }) => id)).size, 3);
    },
  );

  test('tells the changes of a transaction, one for each item', open, async ({ table, feed }) => {
    await table.transact([a, b], (read) => ({
      writes: [
        put(a, add(1)(read.get(a)).state, [happened('a1')]),
        put(b, add(1)(read.get(b)).state, [happened('b1')]),
      ],
    }));
    const changes = [...(await changesUntil(feed, 'a1'))];
    if (!changes.flatMap(eventIds).includes('b1')) changes.push(...(await changesUntil(feed, 'b1')));
    assert.deepEqual(changes.flatMap(eventIds).sort(), ['a1', 'b1']);
  });

  test('tells concurrent changes in the order of their versions', open, async ({ table, feed }) => {
    const items = [a, b, key(thing, 'c#with#signs')];
    await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        items.map((item) => table.update(item, add(1, happened(`${item.id}-${i}`)))),
      ).flat(),
    );
    const versions: Record<string, number[]> = {};
    const signal = AbortSignal.timeout(20_000);
    for (let seen = 0; seen < 30;) {
      const [change] = await feed.read(1, signal);
      assert.ok(change, `only ${seen} changes came`);
      (versions[change.key] ??= []).push(change.after?.version ?? 0);
      await feed.checkpoint(change);
      seen++;
    }
    const inOrder = Array.from({ length: 10 }, (_, i) => i + 1);
    assert.deepEqual(versions, { a: inOrder, b: inOrder, 'c#with#signs': inOrder });
  });

  test('tells a change again until it is acknowledged', open, async ({ table, feed }) => {
    const signal = AbortSignal.timeout(20_000);
    await table.update(a, add(1, happened('1')));
    await table.update(a, add(1, happened('2')));
    const [first] = await feed.read(1, signal);
    const [again] = await feed.read(1, signal);
    assert.deepEqual(again, first);
    assert.ok(first);
    await feed.checkpoint(first);
    assert.deepEqual((await changesUntil(feed, '2')).map(eventIds), [['2']]);
  });

  test('wakes for a change, and ends when aborted', open, async ({ table, feed }) => {
    const waiting = feed.read(10, AbortSignal.timeout(20_000));
    await table.update(a, add(1, happened('woken')));
    assert.deepEqual((await waiting).map(eventIds), [['woken']]);
    for (const change of await waiting) await feed.checkpoint(change);

    const abort = new AbortController();
    const idle = feed.read(10, abort.signal);
    abort.abort();
    assert.deepEqual(await idle, []);
    assert.deepEqual(await feed.read(10, abort.signal), []);
  });

  test('an expired item is absent to every call', open, async ({ table, clock }) => {
    const expiresAt = Math.floor(clock.now / 1000) + 3600;
    await table.update(a, become({ count: 1, group: 'red', rank: '1', expiresAt }));
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

  test('an expired item is written over as if it were not there', open, async ({ table, feed, clock }) => {
    const expiresAt = Math.floor(clock.now / 1000) + 3600;
    for (const item of [a, b]) await table.putIfNewer(item, { version: 7, count: 1, expiresAt });
    clock.now = expiresAt * 1000;

    assert.equal(await table.putIfNewer(b, { version: 2, count: 5 }), true);
    assert.equal(await table.putIfNewer(b, { version: 1, count: 6 }), false);
    assert.deepEqual(await table.get(b), { version: 2, count: 5 });

    const racers = Array.from({ length: 5 }, (_, i) => table.update(a, add(1, happened(`re-${i}`))));
    await Promise.all(racers);
    assert.deepEqual(await table.get(a), { version: 5, count: 5 });
    const [first] = await changesUntil(feed, 're-4');
    assert.deepEqual(first?.before?.state, { version: 7, count: 1, expiresAt });
    assert.equal(first?.expired, false);
  });

  test('of two who revive an expired item one decides anew', open, async ({ table, tableOver, clock }) => {
    const expiresAt = Math.floor(clock.now / 1000) + 3600;
    await table.putIfNewer(a, { version: 1, count: 1, expiresAt });
    clock.now = expiresAt * 1000;
    const tables = [table, tableOver(), tableOver()];
    await Promise.all(tables.map((table) => table.update(a, add(1))));
    assert.deepEqual(await table.get(a), { version: 3, count: 3 });
  });
}
