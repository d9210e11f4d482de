import assert from 'node:assert/strict';
import { key, put, type Snapshot, type Table } from '../table.ts';
import { add, happened, type Store, test, thing } from './fixtures.ts';

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

/** Several items at once: all or none, as if one after the other. */
export function transactionsConform(open: () => Promise<Store>): void {
  const [a, b, c] = [account('a'), account('b'), account('c')];

  test('writes all or nothing', open, async ({ table, driver, tableOver }) => {
    await move(table, 'a', 'b', 5);
    assert.deepEqual(await table.get(a), { version: 1, count: -5 });
    assert.deepEqual(await table.get(b), { version: 1, count: 5 });

    const outcome = await driver.write([
      { pk: 'thing#c', condition: { is: 'absent', now: 0 }, row: rowOf('c') },
      { pk: 'thing#a', condition: { is: 'version', version: 7 }, row: rowOf('a') },
    ]);
    assert.equal(outcome, 'refused');
    assert.equal(await tableOver().get(c), undefined);
    assert.equal((await table.get(a))?.version, 1);
  });

  test('a racing hot item conserves the sum', open, async ({ table, tableOver }) => {
    const tables = [table, tableOver(), tableOver()];
    const others = ['a', 'b', 'c', 'd'];
    await Promise.all(
      Array.from({ length: 40 }, (_, i) => {
        const other = others[i % others.length] ?? 'a';
        return move(tables[i % tables.length] ?? table, 'hot', other, i);
      }),
    );
    const states = await Promise.all(['hot', ...others].map((name) => table.get(account(name))));
    assert.equal(
      states.reduce((sum, state) => sum + (state?.count ?? 0), 0),
      0,
    );
    assert.equal(states[0]?.version, 40);
    assert.equal(states[0]?.count, -780);
  });

  test('what was only read may not have changed either', open, async ({ table, tableOver }) => {
    await Promise.all([table.update(a, add(1)), table.update(b, add(1))]);
    /** Each gives up its item only while the other one still stands. */
    const giveUp = (table: Table, mine: typeof a, theirs: typeof a) =>
      table.transact([mine, theirs], (read) => {
        const [own, other] = [read.get(mine), read.get(theirs)];
        return { writes: own && other?.count === 1 ? [put(mine, add(-1)(own).state)] : [] };
      });
    await Promise.all([giveUp(table, a, b), giveUp(tableOver(), b, a)]);
    const counts = (await table.getMany([a, b])).map(({ count }) => count).sort((x, y) => x - y);
    assert.deepEqual(counts, [0, 1]);
  });

  test(
    'an absent item that was only read may not have appeared',
    open,
    async ({ table, driver, tableOver }) => {
      let meddled = false;
      const meddledWith = tableOver({
        ...driver,
        async write(puts) {
          if (!meddled) {
            meddled = true;
            await table.update(b, add(1));
          }
          return driver.write(puts);
        },
      });
      const seen: (number | undefined)[] = [];
      await meddledWith.transact([a, b], (read) => {
        seen.push(read.get(b)?.version);
        return { writes: [put(a, add(1)(read.get(a)).state)] };
      });
      assert.deepEqual(seen, [undefined, 1]);
      assert.deepEqual(await table.get(a), { version: 1, count: 1 });
    },
  );

  test('writes only what changed, and nothing where nothing did', open, async ({ table }) => {
    await move(table, 'a', 'b', 1);
    const { answer } = await table.transact([a, b, a], (read) => {
      const [before, unchanged] = [read.get(a), read.get(b)];
      assert.ok(unchanged);
      return { answer: 42, writes: [put(a, add(1)(before).state, [happened('x')]), put(b, unchanged)] };
    });
    assert.equal(answer, 42);
    assert.equal((await table.get(a))?.version, 2);
    assert.equal((await table.get(b))?.version, 1);
    await table.transact([c], () => ({ writes: [] }));
    assert.equal(await table.get(c), undefined);
  });

  test('takes 100 keys', open, async ({ table }) => {
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

  test('refuses decisions that break the rules', open, async ({ table }) => {
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
  });
}

function rowOf(id: string) {
  return { pk: `thing#${id}`, version: 8, state: { version: 8 }, events: [] };
}
