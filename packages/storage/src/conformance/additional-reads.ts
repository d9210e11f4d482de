import assert from 'node:assert/strict';
import type { Driver } from '../driver.ts';
import { key, put, type Snapshot } from '../table.ts';
import { add, type Store, test, thing } from './fixtures.ts';

const a = key(thing, 'a');
const b = key(thing, 'b');
const c = key(thing, 'c');
const missing = key(thing, 'missing');

/** A driver before whose first write of `a` somebody else does this. */
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

/** The additional reads of a transaction. */
export function additionalReadsConform(open: () => Promise<Store>): void {
  test('they are of the same attempt as the own keys', open, async ({ table, driver, tableOver }) => {
    await table.update(a, add(1));
    await table.update(b, add(5));
    await table.update(c, add(7));
    const interrupted = tableOver(
      interruptedBy(driver, () =>
        Promise.all([table.update(a, add(1)), table.update(b, add(1)), table.update(c, add(1))]),
      ),
    );
    const decidedOn: unknown[] = [];
    /** Another item once `a` has changed: the keys may follow from what was read. */
    const additionalReads = (read: Snapshot) => [read.get(a)?.count === 1 ? b : c];
    const decide = (read: Snapshot) => {
      const { count } = read.get(a) ?? assert.fail();
      decidedOn.push([count, read.get(count === 1 ? b : c)?.count]);
      return { writes: [put(a, add(100)(read.get(a)).state)] };
    };
    await interrupted.transact([a], decide, { additionalReads });
    assert.deepEqual(decidedOn, [
      [1, 5],
      [2, 8],
    ]);
    assert.equal((await table.get(a))?.count, 102);
  });

  test(
    'what is only read may change, be absent or be an own key',
    open,
    async ({ table, driver, tableOver }) => {
      await table.update(b, add(5));
      let attempts = 0;
      const interrupted = tableOver(interruptedBy(driver, () => table.update(b, add(1))));
      const decide = (read: Snapshot) => {
        attempts += 1;
        assert.equal(read.get(missing), undefined);
        assert.equal(read.get(a), undefined);
        return { writes: [put(a, add(read.get(b)?.count ?? 0)(undefined).state)] };
      };
      await interrupted.transact([a], decide, { additionalReads: () => [b, missing, a, b] });
      assert.equal(attempts, 1, 'a change of an additional item is no conflict');
      assert.equal((await table.get(a))?.count, 5);
      assert.equal((await table.get(b))?.count, 6);
    },
  );

  test(
    'what is written is guarded by the version that was read, present or absent',
    open,
    async ({ table, driver, tableOver, conflicts }) => {
      await table.update(b, add(5));
      for (const [additional, expected] of [
        [b, 16],
        [missing, 11],
      ] as const) {
        const before = conflicts();
        const interrupted = tableOver(interruptedBy(driver, () => table.update(additional, add(1))));
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

  test('an own key can be guarded only where it is written', open, async ({ table, driver, tableOver }) => {
    await table.update(b, add(5));
    let attempts = 0;
    const interrupted = () => tableOver(interruptedBy(driver, () => table.update(b, add(1))));
    const copyTo = (isWritten: boolean) => (read: Snapshot) => {
      attempts += 1;
      const copy = put(a, add(read.get(b)?.count ?? 0)(read.get(a)).state);
      return { writes: isWritten ? [copy, put(b, add(10)(read.get(b)).state)] : [copy] };
    };
    await interrupted().transact([b, a], copyTo(false), { guardedIfWritten: [b] });
    assert.deepEqual([attempts, (await table.get(a))?.count, (await table.get(b))?.count], [1, 5, 6]);
    await interrupted().transact([b, a], copyTo(true), { guardedIfWritten: [b] });
    assert.deepEqual([attempts, (await table.get(a))?.count, (await table.get(b))?.count], [3, 12, 17]);
  });

  test('only own keys and additional reads are written, 100 items at most', open, async ({ table }) => {
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
