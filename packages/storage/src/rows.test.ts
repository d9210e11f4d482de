import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  array,
  assert as assertProperty,
  constantFrom,
  dictionary,
  integer,
  oneof,
  property,
  string,
} from 'fast-check';
import { isListOfObjects, rowsOfText, textOfRows } from './rows.ts';

const scalar = oneof(integer(), string(), constantFrom(null, true, false));
const nested = oneof(
  scalar,
  array(scalar, { maxLength: 2 }),
  constantFrom({}, [], [[]], [{}], { deep: { deeper: [] } }),
);
const name = constantFrom('a', 'b', 'c', 'a.b', '');
const field = oneof(nested, dictionary(name, nested, { maxKeys: 3, noNullPrototype: true }));
const objects = array(dictionary(name, field, { maxKeys: 4, noNullPrototype: true }), {
  minLength: 2,
  maxLength: 5,
});

test('a list of objects is what it was, whatever fields each of them has', () => {
  assertProperty(
    property(objects, (list) => assert.deepEqual(rowsOfText(textOfRows(list)), list)),
    { numRuns: 2_000 },
  );
});

test('fields that are undefined are left out', () => {
  const list = [
    { a: 1, b: undefined, c: { d: undefined } },
    { a: undefined, b: { c: undefined, d: 1 } },
  ];
  assert.deepEqual(rowsOfText(textOfRows(list)), [{ a: 1, c: {} }, { b: { d: 1 } }]);
});

test('only a list of at least two objects is worth a text', () => {
  assert.ok(isListOfObjects([{}, {}]));
  for (const value of [
    [],
    [{}],
    [1, 2],
    [{}, null],
    [{}, []],
    [{}, new Uint8Array()],
    { 0: {}, 1: {} },
    'aa',
  ])
    assert.ok(!isListOfObjects(value), JSON.stringify(value));
});

test('a name is written once', () => {
  const list = Array.from({ length: 10 }, (_, i) => ({ productId: `p-${i}`, response: { revision: i } }));
  assert.equal(textOfRows(list).match(/productId|revision/g)?.length, 2);
});
