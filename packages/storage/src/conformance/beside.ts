import assert from 'node:assert/strict';
import { key, put, type Snapshot } from '../table.ts';
import { add, type Store, test, thing } from './fixtures.ts';

const a = key(thing, 'a');
const b = key(thing, 'b');
const c = key(thing, 'c');
const missing = key(thing, 'missing');

/** What a transaction looks at beside the items that it writes. */
export function besideConforms(open: () => Promise<Store>): void {
  test(
    'what a decision looks at beside is of the same attempt',
    open,
    async ({ table, driver, tableOver }) => {
      await table.update(a, add(1));
      await table.update(b, add(5));
      await table.update(c, add(7));
      let meddled = false;
      const meddledWith = tableOver({
        ...driver,
        async write(puts) {
          if (!meddled) {
            meddled = true;
            await Promise.all([table.update(a, add(1)), table.update(b, add(1)), table.update(c, add(1))]);
          }
          return driver.write(puts);
        },
      });
      const seen: unknown[] = [];
      /** Looks at another item once `a` has changed: what is looked at may follow from what was read. */
      const beside = (read: Snapshot) => [read.get(a)?.count === 1 ? b : c];
      const decide = (read: Snapshot) => {
        const { count } = read.get(a) ?? assert.fail();
        seen.push([count, read.get(count === 1 ? b : c)?.count]);
        return { writes: [put(a, add(100)(read.get(a)).state)] };
      };
      await meddledWith.transact([a], decide, { beside });
      assert.deepEqual(seen, [
        [1, 5],
        [2, 8],
      ]);
      assert.equal((await table.get(a))?.count, 102);
    },
  );

  test(
    'what is beside may change, be absent or be an own key, but not be written',
    open,
    async ({ table, driver, tableOver }) => {
      await table.update(b, add(5));
      let attempts = 0;
      const meddledWith = tableOver({
        ...driver,
        async write(puts) {
          if (puts.some(({ pk }) => pk === 'thing#a')) await table.update(b, add(1));
          return driver.write(puts);
        },
      });
      const decide = (read: Snapshot) => {
        attempts += 1;
        assert.equal(read.get(missing), undefined);
        assert.equal(read.get(a), undefined);
        return { writes: [put(a, add(read.get(b)?.count ?? 0)(undefined).state)] };
      };
      await meddledWith.transact([a], decide, { beside: () => [b, missing, a, b] });
      assert.equal(attempts, 1, 'a change beside is no conflict');
      assert.equal((await table.get(a))?.count, 5);
      const write = { writes: [put(b, { version: 9, count: 0 })] };
      await assert.rejects(
        table.transact([a], () => write, { beside: () => [b] }),
        /not among/,
      );
      assert.equal((await table.get(b))?.count, 6);
    },
  );
}
