import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLedger } from './ledger.ts';
import { sizeOf } from './item-size.ts';
import { indexWriteUnits, readUnits, writeUnits } from './units.ts';

const index = { name: 'by', keys: ['byPartition', 'bySort'], projected: ['state'] };
const item = (bytes: number, more = {}) => ({ pk: { S: 'x'.repeat(bytes - 2) }, ...more });

test('the size of an item is that of its names and values', () => {
  assert.equal(sizeOf({ pk: { S: 'cart#é' } }), 2 + 7);
  assert.equal(sizeOf({ n: { N: '1200' } }), 1 + 2);
  assert.equal(sizeOf({ n: { N: '-12345' } }), 1 + 5);
  assert.equal(
    sizeOf({ b: { BOOL: true }, m: { M: { a: { S: 'bc' } } }, l: { L: [{ NULL: true }] } }),
    2 + 1 + 3 + 4 + 1 + 3 + 2,
  );
});

test('a write is paid for by the KB that there were or are, whichever is more', () => {
  assert.deepEqual(
    [1024, 1025, 2049].map((bytes) => writeUnits(undefined, item(bytes))),
    [1, 2, 3],
  );
  assert.equal(writeUnits(item(3_000), item(10)), 3);
});

test('a read is paid for by 4 KB, half where it may be a moment old, also of nothing', () => {
  assert.deepEqual(
    [0, 4096, 4097].map((bytes) => readUnits(bytes, true)),
    [1, 1, 2],
  );
  assert.equal(readUnits(0, false), 0.5);
});

test('an index is written to where its entry changes, twice where it moves', () => {
  const entry = (partition: string, state: string) =>
    item(10, { byPartition: { S: partition }, bySort: { S: 's' }, state: { S: state }, other: { S: state } });
  assert.equal(indexWriteUnits(undefined, item(10), index), 0);
  assert.equal(indexWriteUnits(undefined, entry('a', '1'), index), 1);
  assert.equal(indexWriteUnits(entry('a', '1'), entry('a', '1'), index), 0);
  assert.equal(indexWriteUnits(entry('a', '1'), { ...entry('a', '1'), other: { S: 'new' } }, index), 0);
  assert.equal(indexWriteUnits(entry('a', '1'), entry('a', '2'), index), 1);
  assert.equal(indexWriteUnits(entry('a', '1'), entry('b', '1'), index), 2);
  assert.equal(indexWriteUnits(entry('a', '1'), item(10), index), 1);
});

const put = (id: string, bytes: number) => ({
  TableName: 'carts',
  Item: { pk: { S: `cart#${id}` }, text: { S: 'x'.repeat(bytes) } },
});
const writesOf = (ledger: ReturnType<typeof createLedger>, api: string, request: object, status = 200) => {
  const { consumed } = ledger.record({ api, request, status, answer: {} });
  return consumed.reduce((sum, { write }) => sum + write, 0);
};

test('a transaction costs double, its checks as well', () => {
  const ledger = createLedger();
  assert.equal(
    writesOf(ledger, 'TransactWriteItems', {
      TransactItems: [{ Put: put('a', 10) }, { Put: put('b', 1_500) }],
    }),
    6,
  );
  const check = { ConditionCheck: { TableName: 'carts', Key: { pk: { S: 'cart#b' } } } };
  assert.equal(writesOf(ledger, 'TransactWriteItems', { TransactItems: [{ Put: put('a', 10) }, check] }), 6);
});

test('what a condition refused is paid for by the item that is there, which stays', () => {
  const ledger = createLedger();
  assert.equal(writesOf(ledger, 'PutItem', put('a', 2_100)), 3);
  assert.equal(writesOf(ledger, 'PutItem', put('a', 10), 400), 3);
  assert.equal(writesOf(ledger, 'PutItem', put('a', 10)), 3);
  assert.equal(writesOf(ledger, 'PutItem', put('a', 10)), 1);
});

test('items of a batch are rounded one by one', () => {
  const ledger = createLedger();
  writesOf(ledger, 'PutItem', put('a', 10));
  const keys = { Keys: [{ pk: { S: 'cart#a' } }, { pk: { S: 'cart#absent' } }], ConsistentRead: true };
  const { consumed } = ledger.record({
    api: 'BatchGetItem',
    request: { RequestItems: { carts: keys } },
    status: 200,
    answer: { ConsumedCapacity: [{ TableName: 'carts', CapacityUnits: 1 }] },
  });
  assert.deepEqual(
    consumed.map(({ read }) => read),
    [1, 1],
  );
});

test('a call of which nobody has said what it consumes is no call for free', () => {
  const ledger = createLedger();
  assert.throws(
    () => ledger.record({ api: 'UpdateItem', request: {}, status: 200, answer: {} }),
    /UpdateItem/,
  );
});
