import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sizeOf } from './item-size.ts';
import { createUnitMeter, indexWriteUnits, readUnits, writeUnits } from './units.ts';

const index = { name: 'by', keys: ['byPartition', 'bySort'], projected: ['state'] };
const item = (bytes: number, more = {}) => ({ pk: { S: 'x'.repeat(bytes - 2) }, ...more });

test('the size of an item is the size of its names and values', () => {
  assert.equal(sizeOf({ pk: { S: 'cart#é' } }), 2 + 7);
  assert.equal(sizeOf({ n: { N: '1200' } }), 1 + 2);
  assert.equal(sizeOf({ n: { N: '-12345' } }), 1 + 5);
  assert.equal(
    sizeOf({ b: { BOOL: true }, m: { M: { a: { S: 'bc' } } }, l: { L: [{ NULL: true }] } }),
    2 + 1 + 3 + 4 + 1 + 3 + 2,
  );
});

test('a write costs a unit for each KB of the larger image', () => {
  assert.deepEqual(
    [1024, 1025, 2049].map((bytes) => writeUnits(undefined, item(bytes))),
    [1, 2, 3],
  );
  assert.equal(writeUnits(item(3_000), item(10)), 3);
});

test('a read costs a unit for each 4 KB, at least one; half if eventually consistent', () => {
  assert.deepEqual(
    [0, 4096, 4097].map((bytes) => readUnits(bytes, true)),
    [1, 1, 2],
  );
  assert.equal(readUnits(0, false), 0.5);
});

test('a write of an index costs units if its entry changes, twice if the key changes', () => {
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
type Meter = ReturnType<typeof createUnitMeter>;
const writesOf = (meter: Meter, operation: string, input: object, output: object | undefined = {}) =>
  meter
    .record(operation, input, output)
    .reduce((total, [sum, , value]) => (sum === 'write' ? total + value : total), 0);

test('a transaction costs double, including its condition checks', () => {
  const meter = createUnitMeter();
  const puts = [{ Put: put('a', 10) }, { Put: put('b', 1_500) }];
  assert.equal(writesOf(meter, 'TransactWriteItems', { TransactItems: puts }), 6);
  const check = { ConditionCheck: { TableName: 'carts', Key: { pk: { S: 'cart#b' } } } };
  assert.equal(writesOf(meter, 'TransactWriteItems', { TransactItems: [{ Put: put('a', 10) }, check] }), 6);
});

test('a write that a condition rejects costs as much as the stored item, which stays', () => {
  const meter = createUnitMeter();
  assert.equal(writesOf(meter, 'PutItem', put('a', 2_100)), 3);
  assert.deepEqual(meter.record('PutItem', put('a', 10), undefined), [['write', 'carts', 3]]);
  assert.equal(writesOf(meter, 'PutItem', put('a', 10)), 3);
  assert.equal(writesOf(meter, 'PutItem', put('a', 10)), 1);
});

test('items of a batch are rounded one by one', () => {
  const meter = createUnitMeter();
  writesOf(meter, 'PutItem', put('a', 10));
  const keys = { Keys: [{ pk: { S: 'cart#a' } }, { pk: { S: 'cart#absent' } }], ConsistentRead: true };
  const one = ['read', 'carts', 1];
  assert.deepEqual(meter.record('BatchGetItem', { RequestItems: { carts: keys } }, {}), [one, one]);
});

test('a call whose consumption is not defined is an error', () => {
  assert.throws(() => createUnitMeter().record('UpdateItem', {}, {}), /UpdateItem/);
});
