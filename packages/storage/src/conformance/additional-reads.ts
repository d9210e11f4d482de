import assert from 'node:assert/strict';
import type { Driver } from '../driver.ts';
import { key, put, type Snapshot } from '../table.ts';
import { add, type Store, test, thing } from './fixtures.ts';

const a = key(thing, 'a');
const b = key(thing, 'b');
const c = key(thing, 'c');
const missing = key(thing, 'missing');

/** A driver that runs `work` before its first write of `a`. */
function interruptedBy(driver: Driver, work: () => Promise<unknown>): Driver {
  let hasInterrupted = false;
  return {
    ...driver,
    async write(puts) {
      if (!hasInterrupted && puts.some(({ pk }) => pk === 'thing#a')) {
        hasInterrupted = true;
        await work();
      }
      return driver.write(puts);
    },
  };
}

/** Conformance of the additional reads of a transaction. */
export function additionalReadsConform(open: () => Promise<Store>): void {
  test('a retry reads own keys and additional items again', open, async ({ table, driver, openTable }) => {
    await table.update(a, add(1));
    await table.update(b, add(5));
    await table.update(c, add(7));
    const interrupted = openTable(
      interruptedBy(driver, () =>
        Promise.all([table.update(a, add(1)), table.update(b, add(1)), table.update(c, add(1))]),
      ),
    );
    const readCounts: unknown[] = [];
    /** Keys may depend on the own items: `b` before the change of `a`, `c` after it. */
    const additionalReads = (read: Snapshot) => [read.get(a)?.count === 1 ? b : c];
    const decide = (read: Snapshot) => {
      const { count } = read.get(a) ?? assert.fail();
      readCounts.push([count, read.get(count === 1 ? b : c)?.count]);
      return { writes: [put(a, add(100)(read.get(a)).state)] };
    };
    await interrupted.transact([a], decide, { additionalReads });
    assert.deepEqual(readCounts, [
      [1, 5],
      [2, 8],
    ]);
    assert.equal((await table.get(a))?.count, 102);
  });

  test(
    'an additional item that is only read may change, be absent or have an own key',
    open,
    async ({ table, driver, openTable }) => {
      await table.update(b, add(5));
      let attempts = 0;
      const interrupted = openTable(interruptedBy(driver, () => table.update(b, add(1))));
      const decide = (read: Snapshot) => {
        attempts += 1;
        assert.equal(read.get(missing), undefined);
        assert.equal(read.get(a), undefined);
        return { writes: [put(a, add(read.get(b)?.count ?? 0)(undefined).state)] };
      };
      await interrupted.transact([a], decide, { additionalReads: () => [b, missing, a, b] });
      assert.equal(attempts, 1, 'a change of an additional item is not a conflict');
      assert.equal((await table.get(a))?.count, 5);
      assert.equal((await table.get(b))?.count, 6);
    },
  );

  test(
    'a written additional item must not have changed since it was read, present or absent',
    open,
    async ({ table, driver, openTable, conflicts }) => {
      await table.update(b, add(5));
      for (const [additional, expected] of [
        [b, 16],
        [missing, 11],
      ] as const) {
        const before = conflicts();
        const interrupted = openTable(interruptedBy(driver, () => table.update(additional, add(1))));
        const decide = (read: Snapshot) => ({
          writes: [put(a, add(1)(read.get(a)).state), put(additional, add(10)(read.get(additional)).state)],
        });
        await interrupted.transact([a], decide, { additionalReads: () => [additional, c] });
        assert.equal((await table.get(additional))?.count, expected);
        assert.equal(conflicts() - before, 1);
      }
      assert.equal((await table.get(a))?.count, 2);
    },
  );

  test(
    'with guardedIfWritten, an own item is checked only if it is written',
    open,
    async ({ table, driver, openTable }) => {
      await table.update(b, add(5));
      let attempts = 0;
      const interrupted = () => openTable(interruptedBy(driver, () => table.update(b, add(1))));
      const copyTo = (isWritten: boolean) => (read: Snapshot) => {
        attempts += 1;
        const copy = put(a, add(read.get(b)?.count ?? 0)(read.get(a)).state);
        return { writes: isWritten ? [copy, put(b, add(10)(read.get(b)).state)] : [copy] };
      };
      await interrupted().transact([b, a], copyTo(false), { guardedIfWritten: [b] });
      assert.deepEqual([attempts, (await table.get(a))?.count, (await table.get(b))?.count], [1, 5, 6]);
      await interrupted().transact([b, a], copyTo(true), { guardedIfWritten: [b] });
      assert.deepEqual([attempts, (await table.get(a))?.count, (await table.get(b))?.count], [3, 12, 17]);
    },
  );

  test('early items are read with the own ones, stale ones after them, each once', open, async (context) => {
    const { table, driver, openTable } = context;
    for (const [item, count] of [
      [a, 1],
      [b, 5],
      [c, 7],
    ] as const)
      await table.update(item, add(count));
    const reads: unknown[] = [];
    const recording = openTable({
      ...driver,
      read: (pks, options) => {
        reads.push([...pks, options.consistent]);
        return driver.read(pks, options);
      },
    });
    const decide = (read: Snapshot) => ({
      counts: [a, b, c, missing].map((item) => read.get(item)?.count),
      writes: [put(a, add(1)(read.get(a)).state)],
    });
    const options = { earlyReads: [b, a], staleReads: () => [b, c, missing, a, c] };
    assert.deepEqual((await recording.transact([a], decide, options)).counts, [1, 5, 7, undefined]);
    assert.deepEqual(reads, [
      ['thing#a', 'thing#b', true],
      ['thing#c', 'thing#missing', false],
    ]);
    const writeOf = (item: typeof a) => (read: Snapshot) => ({
      writes: [put(item, add(10)(read.get(item)).state)],
    });
    await assert.rejects(table.transact([a], writeOf(c), options), /may be stale/);
    await table.transact([a], writeOf(b), options);
    assert.deepEqual([(await table.get(b))?.count, (await table.get(c))?.count], [15, 7]);
  });

  test('writes are limited to own keys and additional reads, and to 100 items', open, async ({ table }) => {
    const many = Array.from({ length: 100 }, (_, i) => key(thing, `many-${i}`));
    const additionalReads = () => many;
    const writing = (keys: typeof many) => (read: Snapshot) => ({
      writes: keys.map((item) => put(item, add(1)(read.get(item)).state)),
    });
    await assert.rejects(table.transact([a], writing([b]), { additionalReads }), /not among/);
    await assert.rejects(table.transact([a], writing(many), { additionalReads }), /at most 100/);
    await table.transact([a], writing(many.slice(0, 99)), { additionalReads });
    assert.equal((await table.getMany(many)).length, 99);
  });
}
