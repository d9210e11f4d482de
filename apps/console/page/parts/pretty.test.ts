import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pretty } from './pretty.ts';

test('JSON is indented, and other text stays unchanged', () => {
  assert.equal(pretty('{"a":1}'), '{\n  "a": 1\n}');
  assert.equal(pretty({ a: 1 }), '{\n  "a": 1\n}');
  assert.equal(pretty('<b>not JSON'), '<b>not JSON');
});
