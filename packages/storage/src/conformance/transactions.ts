import assert from 'node:assert/strict';
import type { Driver } from '../driver.ts';
import { key, put, type Snapshot, type Table } from '../table.ts';
import { add, sampleEvent, type Store, test, thing } from './fixtures.ts';

const account = (name: string) => key(thing, name);

/** Moves an amount from one item to another. */
function move(table: Table, from: string, to: string, amount: number) {
  const decide = (read: Snapshot) => ({
    writes: [
      put(account(from), add(-amount)(read.get(account(from))).state),
      put(account(to), add(amount)(read.get(account(to))).state),
    ],
  });
  return table.transact([account(from), account(to)], decide);
}

/** Conformance of transactions over several items: atomic and serializable. */
export function transactionsConform(open: () => Promise<Store>): void {
  const [a, b, c] = [account('a'), account('b'), account('c')];

  test('a transaction writes all items or none', open, async ({ table, driver, openTable }) => {
    await move(table, 'a', 'b', 5);
    assert.deepEqual(await table.get(a), { version: 1, count: -5 });
    assert.deepEqual(await table.get(b), { version: 1, count: 5 });

    const outcome = await driver.write([
      { pk: 'thing#c', condition: { is: 'absent', now: 0 }, row: rowOf('c') },
      { pk: 'thing#a', condition: { is: 'version', version: 7 }, row: rowOf('a') },
    ]);
    assert.equal(outcome, 'rejected');
    assert.equal(await openTable().get(c), undefined);
    assert.equal((await table.get(a))?.version, 1);
  });

  test('concurrent transactions on a hot item keep the sum', open, async ({ table, openTable }) => {
    const tables = [table, openTable(), openTable()];
    const coldAccounts = ['a', 'b', 'c', 'd'];
    await Promise.all(
      Array.from({ length: 40 }, (_, i) => {
        const to = coldAccounts[i % coldAccounts.length] ?? 'a';
        return move(tables[i % tables.length] ?? table, 'hot', to, i);
      }),
    );
    const states = await Promise.all(['hot', ...coldAccounts].map((name) => table.get(account(name))));
    assert.equal(
      states.reduce((sum, state) => sum + (state?.count ?? 0), 0),
      0,
    );
    assert.equal(states[0]?.version, 40);
    assert.equal(states[0]?.count, -780);
  });

  test(
    'an own item that is only read must not change before the commit',
    open,
    async ({ table, openTable }) => {
      await Promise.all([table.update(a, add(1)), table.update(b, add(1))]);
      /** Decrements an item only while the guard is 1: without the check, write skew would decrement both. */
      const decrement = (table: Table, target: typeof a, guard: typeof a) =>
        table.transact([target, guard], (read) => {
          const state = read.get(target);
          return { writes: state && read.get(guard)?.count === 1 ? [put(target, add(-1)(state).state)] : [] };
        });
      await Promise.all([decrement(table, a, b), decrement(openTable(), b, a)]);
      const counts = (await table.getMany([a, b])).map(({ count }) => count).sort((x, y) => x - y);
      assert.deepEqual(counts, [0, 1]);
    },
  );

  test(
    'an absent own item that is only read must not be created before the commit',
    open,
    async ({ table, driver, openTable }) => {
      let hasInterrupted = false;
      const interrupted = openTable({
        ...driver,
        async write(puts) {
          if (!hasInterrupted) {
            hasInterrupted = true;
            await table.update(b, add(1));
          }
          return driver.write(puts);
        },
      });
      const versions: (number | undefined)[] = [];
      await interrupted.transact([a, b], (read) => {
        versions.push(read.get(b)?.version);
        return { writes: [put(a, add(1)(read.get(a)).state)] };
      });
      assert.deepEqual(versions, [undefined, 1]);
      assert.deepEqual(await table.get(a), { version: 1, count: 1 });
    },
  );

  test('unchanged items are not written', open, async ({ table }) => {
    await move(table, 'a', 'b', 1);
    const { result } = await table.transact([a, b, a], (read) => {
      const [before, unchanged] = [read.get(a), read.get(b)];
      assert.ok(unchanged);
      return { result: 42, writes: [put(a, add(1)(before).state, [sampleEvent('x')]), put(b, unchanged)] };
    });
    assert.equal(result, 42);
    assert.equal((await table.get(a))?.version, 2);
    assert.equal((await table.get(b))?.version, 1);
    await table.transact([c], () => ({ writes: [] }));
    assert.equal(await table.get(c), undefined);
  });

  test(
    'a decision that writes nothing sees its items as they were at one moment, present or absent',
    open,
    async ({ table, driver, openTable, conflicts }) => {
      for (const [from, to] of [
        ['a', 'b'],
        ['b', 'a'],
      ] as const) {
        const torn = openTable(readingTwice(driver, () => move(table, from, to, 5)));
        const before = conflicts();
        const { sum } = await torn.transact([account(from), account(to)], (read) => ({
          sum: (read.get(account(from))?.count ?? 0) + (read.get(account(to))?.count ?? 0),
          writes: [],
        }));
        assert.equal(sum, 0);
        assert.equal(conflicts() - before, 1);
      }
    },
  );

  test('a transaction may have 100 keys', open, async ({ table }) => {
    const keys = Array.from({ length: 100 }, (_, i) => account(`bulk-${i}`));
    await table.transact(keys, (read) => ({
      writes: keys.map((key) => put(key, add(1)(read.get(key)).state)),
    }));
    assert.equal((await table.getMany(keys)).length, 100);
    await assert.rejects(
      table.transact([...keys, a], () => ({ writes: [] })),
      /at most 100/,
    );
  });

  test(
    'invalid decisions are rejected: foreign keys, and two writes of one item',
    open,
    async ({ table }) => {
      const write = put(a, { version: 1, count: 1 });
      await assert.rejects(
        table.transact([b], () => ({ writes: [write] })),
        /not among/,
      );
      await assert.rejects(
        table.transact([b], (read) => ({ read: read.get(a), writes: [] })),
        /not among/,
      );
      await assert.rejects(
        table.transact([a], () => ({ writes: [write, write] })),
        /Two writes/,
      );
      assert.equal(await table.get(a), undefined);
    },
  );
}

/** A driver whose first read of several items gets the first before `work` and the others after it. */
function readingTwice(driver: Driver, work: () => Promise<unknown>): Driver {
  let isFirst = true;
  return {
    ...driver,
    async read(pks, options) {
      if (!isFirst || pks.length < 2) return driver.read(pks, options);
      isFirst = false;
      const first = await driver.read(pks.slice(0, 1), options);
      await work();
      return [...first, ...(await driver.read(pks.slice(1), options))];
    },
  };
}

function rowOf(id: string) {
  return { pk: `thing#${id}`, version: 8, state: { version: 8 }, events: [] };
}
