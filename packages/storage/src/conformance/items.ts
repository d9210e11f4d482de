import assert from 'node:assert/strict';
import { DomainError } from '@tandem/chassis/errors';
import { array, assert as assertProperty, asyncProperty, boolean, integer } from 'fast-check';
import { key, put } from '../table.ts';
import { add, sampleEvent, setTo, type Store, test, type Thing, thing } from './fixtures.ts';

const unchanged = (state: Thing | undefined) => ({ state: state ?? { version: 1, count: 0 }, events: [] });
const exactly = (version: number) => () => ({ state: { version, count: 9 }, events: [] });

/** Conformance of reads and writes of single items: no write is lost. */
export function itemsConform(open: () => Promise<Store>): void {
  const a = key(thing, 'a');

  test('existing items are read, missing ones are undefined', open, async ({ table }) => {
    await table.ping();
    assert.equal(await table.get(a), undefined);
    assert.deepEqual(await table.getMany([]), []);

    const created = await table.update(a, add(1));
    assert.deepEqual(created.state, { version: 1, count: 1 });
    assert.deepEqual(await table.get(a), { version: 1, count: 1 });
    assert.deepEqual(await table.get(a, { consistent: false }), { version: 1, count: 1 });
    assert.deepEqual(await table.getMany([a, key(thing, 'b'), a]), [{ version: 1, count: 1 }]);
    const other = key({ name: 'other' }, 'a');
    assert.equal(await table.get(other), undefined);
    const snapshot = await table.read([a, other, key(thing, 'b')], { consistent: false });
    assert.deepEqual(
      [a, other, key(thing, 'b')].map((item) => snapshot.get(item)),
      [{ version: 1, count: 1 }, undefined, undefined],
    );
    assert.throws(() => snapshot.get(key(thing, 'c')), /not among the keys/);
  });

  test('keys that not every store supports are rejected', open, async ({ table }) => {
    for (const id of ['\uD800', 'x'.repeat(2_048), 'ü'.repeat(1_024)]) {
      await assert.rejects(table.get(key(thing, id)), { kind: 'invalid', code: 'unusable-key' });
      await assert.rejects(table.update(key(thing, id), add(1)), { kind: 'invalid', code: 'unusable-key' });
    }
    for (const id of ['a\u0000b', '🫖', 'x'.repeat(2_000)]) {
      await table.update(key(thing, id), add(1));
      assert.deepEqual(await table.get(key(thing, id)), { version: 1, count: 1 });
    }
  });

  test('many items are read at once, each once', open, async ({ table }) => {
    const keys = Array.from({ length: 130 }, (_, i) => key(thing, `many-${i}`));
    await Promise.all(keys.map((key, i) => table.update(key, add(i))));
    const counts = (await table.getMany([...keys, ...keys])).map(({ count }) => count);
    assert.deepEqual(
      counts.sort((x, y) => x - y),
      keys.map((_, i) => i),
    );
  });

  test('values of every JSON type are stored unchanged', open, async ({ table }) => {
    const data = {
      text: 'Żółć 漢字 🛒 \u0000 "quoted" \\ ',
      empty: '',
      none: null,
      flags: [true, false],
      numbers: [0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
      nested: { list: [{ deep: [[], {}] }], 'a.b#c': 1 },
    };
    const { state } = await table.update(
      a,
      setTo({ count: Number.MAX_SAFE_INTEGER, data: { ...data, dropped: undefined }, group: undefined }),
    );
    assert.equal(state.version, 1);
    assert.deepEqual(await table.get(a), { version: 1, count: Number.MAX_SAFE_INTEGER, data });
    const unusualKey = key(thing, 'ключ#with/unusual "characters" 🛒');
    await table.update(unusualKey, add(3));
    assert.equal((await table.get(unusualKey))?.count, 3);
  });

  test('a list of objects in a field of a state is stored unchanged', open, async ({ table }) => {
    const data = [
      { id: 'a', held: 1, response: { version: 1 }, moves: [{ from: 'b' }] },
      { id: 'Żółć 🛒 \u0000 "quoted"', held: null, response: { version: 2, revision: 3 }, moves: [] },
      { held: 0, response: {}, isNew: true },
    ];
    await table.update(a, setTo({ count: 1, data }));
    assert.deepEqual((await table.get(a))?.data, data);
  });

  test('bytes in a field of a state are stored unchanged', open, async ({ table }) => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => 255 - i);
    await table.update(a, setTo({ count: 1, data: bytes }));
    await table.update(key(thing, 'b'), setTo({ count: 1, data: new Uint8Array() }));
    const read = await table.read([a, key(thing, 'b')]);
    for (const [name, expected] of [
      ['a', bytes],
      ['b', new Uint8Array()],
    ] as const) {
      const data = read.get(key(thing, name))?.data;
      assert.ok(data instanceof Uint8Array);
      assert.deepEqual([...data], [...expected]);
    }
  });

  test(
    'a decision that returns the current state writes nothing',
    open,
    async ({ table, driver, openTable }) => {
      await table.update(a, unchanged);
      const readOnly = openTable({ ...driver, write: async () => assert.fail('something was written') });
      assert.equal((await readOnly.update(a, unchanged)).state.version, 1);
      await readOnly.transact([a], (read) => ({ writes: [put(a, read.get(a) ?? assert.fail('missing'))] }));
    },
  );

  test('an error of a decision is propagated, and nothing is written', open, async ({ table }) => {
    await table.update(a, add(1));
    const error = new DomainError('conflict', 'rejected', 'Rejected');
    const reject = () => {
      throw error;
    };
    await assert.rejects(table.update(a, reject), error);
    await assert.rejects(table.transact([a], reject), error);
    assert.deepEqual(await table.get(a), { version: 1, count: 1 });
  });

  test(
    'invalid decisions are rejected: versions that do not grow, and events without a new state',
    open,
    async ({ table }) => {
      await table.update(a, add(1));
      await assert.rejects(table.update(a, exactly(1)), /does not follow/);
      await assert.rejects(table.update(key(thing, 'new'), exactly(0)), /does not follow/);
      const events = [sampleEvent('lost')];
      await assert.rejects(
        table.update(a, (state) => ({ state: state ?? { version: 1, count: 0 }, events })),
        /events without/,
      );
      assert.deepEqual(await table.get(a), { version: 1, count: 1 });
    },
  );

  test(
    'a decision is retried if the item has changed since it was read',
    open,
    async ({ table, driver, openTable, conflicts }) => {
      await table.update(a, add(1));
      let hasInterrupted = false;
      const interrupted = openTable({
        ...driver,
        async read(pks, options) {
          const rows = await driver.read(pks, options);
          if (!hasInterrupted) {
            hasInterrupted = true;
            await table.update(a, add(10));
          }
          return rows;
        },
      });
      const counts: (number | undefined)[] = [];
      const { state } = await interrupted.update(a, (current) => {
        counts.push(current?.count);
        return add(100)(current);
      });
      assert.deepEqual(counts, [1, 11]);
      assert.deepEqual(state, { version: 3, count: 111 });
      assert.equal(conflicts(), 1);
    },
  );

  test(
    '200 concurrent updates of one item are all applied, without conflicts',
    open,
    async ({ table, conflicts }) => {
      await Promise.all(Array.from({ length: 200 }, () => table.update(a, add(1))));
      assert.deepEqual(await table.get(a), { version: 200, count: 200 });
      assert.equal(conflicts(), 0, 'writes of one process are serialized by key');
    },
  );

  test('concurrent updates from many processes are all applied', open, async ({ openTable }) => {
    const tables = Array.from({ length: 8 }, () => openTable());
    await Promise.all(tables.flatMap((table) => Array.from({ length: 5 }, () => table.update(a, add(1)))));
    assert.deepEqual(await openTable().get(a), { version: 40, count: 40 });
  });

  test('putIfNewer keeps the newest version, in whatever order versions arrive', open, async ({ table }) => {
    let run = 0;
    const arrivals = array(integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 10 });
    await assertProperty(
      asyncProperty(arrivals, boolean(), async (versions, isConcurrent) => {
        const item = key(thing, `newest-${run++}`);
        const put = (version: number) => table.putIfNewer(item, { version, count: version * 10 });
        let stored = 0;
        if (isConcurrent) stored = (await Promise.all(versions.map(put))).filter(Boolean).length;
        else for (const version of versions) stored += Number(await put(version));
        const newest = Math.max(...versions);
        assert.deepEqual(await table.get(item), { version: newest, count: newest * 10 });
        assert.ok(stored >= 1 && stored <= new Set(versions).size);
      }),
      { numRuns: 40 },
    );
  });
}
