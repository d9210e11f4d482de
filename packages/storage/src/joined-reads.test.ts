import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReadItems } from './dynamodb-reads.ts';
import { joinReads } from './joined-reads.ts';

/**
 * Joined reads of a table with every item but `missing`; a read of `bad` fails, one of `down` finds an outage, and `hot` is left out
 * of reads with others for want of capacity.
 */
function open() {
  const calls: (readonly [string, boolean])[] = [];
  const readItems: ReadItems = async (pks, consistent) => {
    calls.push([pks.join(), consistent]);
    if (pks.includes('bad')) throw new Error('bad');
    if (pks.includes('down')) throw Object.assign(new Error('down'), { name: 'TimeoutError' });
    return pks.filter((pk) => pk !== 'missing').map((pk) => ({ pk: { S: pk } }));
  };
  const read = joinReads({
    read: readItems,
    async readOnce(pks, consistent) {
      const items = await readItems(pks, consistent);
      return {
        items: items.filter(({ pk }) => pk?.S !== 'hot'),
        unprocessed: pks.filter((pk) => pk === 'hot'),
      };
    },
  });
  const idsOf = async (pks: readonly string[], consistent = true) => {
    // As many turns of the microtask queue as there are before the reads of a batch.
    for (let i = 0; i < pks.length; i++) await Promise.resolve();
    return (await read(pks, consistent)).map(({ pk }) => pk?.S);
  };
  return { calls, read, idsOf };
}

test('reads that begin together are one, and each has its own items', async () => {
  const { calls, idsOf } = open();
  const found = await Promise.all([idsOf(['a', 'b']), idsOf(['b']), idsOf(['missing', 'c'])]);
  assert.deepEqual(found, [['a', 'b'], ['b'], ['c']]);
  assert.deepEqual(calls, [['b,a,missing,c', true]]);
});

test('reads of all callbacks of one turn of the event loop are one', async () => {
  const { calls, idsOf } = open();
  const later = new Promise((resolve) => {
    process.nextTick(() => process.nextTick(() => resolve(idsOf(['b']))));
  });
  assert.deepEqual(await Promise.all([idsOf(['a']), later]), [['a'], ['b']]);
  await idsOf(['c']);
  assert.deepEqual(calls, [
    ['a,b', true],
    ['c', true],
  ]);
});

test('a read whose key was left out for want of capacity is repeated alone, and no other waits for it', async () => {
  const { calls, idsOf } = open();
  const order: string[] = [];
  const noting = async (pk: string) => {
    assert.deepEqual(await idsOf([pk]), [pk]);
    order.push(pk);
  };
  await Promise.all([noting('hot'), noting('a')]);
  assert.deepEqual(order, ['a', 'hot']);
  assert.deepEqual(
    calls.map(([pks]) => pks),
    ['hot,a', 'hot'],
  );
});

test('a read alone is unchanged, and so are reads of other consistency, of more attributes, and of nothing', async () => {
  const { calls, read, idsOf } = open();
  await idsOf(['a']);
  await Promise.all([idsOf(['a']), idsOf(['b'], false), read(['c'], true, 'partition'), read([], true)]);
  assert.deepEqual(calls.map(String).toSorted(), [',true', 'a,true', 'a,true', 'b,false', 'c,true']);
});

test('a read fails for its own keys alone', async () => {
  const { calls, idsOf } = open();
  const [first, bad, last] = await Promise.allSettled([idsOf(['a']), idsOf(['bad']), idsOf(['b'])]);
  assert.deepEqual(
    [first, last],
    [
      { status: 'fulfilled', value: ['a'] },
      { status: 'fulfilled', value: ['b'] },
    ],
  );
  assert.equal(bad?.status, 'rejected');
  assert.deepEqual(
    calls.map(([pks]) => pks),
    ['a,bad,b', 'a', 'bad', 'b'],
  );
});

test('an outage is not tried twice', async () => {
  const { calls, idsOf } = open();
  const outcomes = await Promise.allSettled([idsOf(['a']), idsOf(['down'])]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(calls.length, 1);
});
