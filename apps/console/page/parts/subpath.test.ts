import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subpathOf } from './subpath.ts';

test('the path below a page is read from the hash', () => {
  assert.equal(subpathOf('#/flow/queue/x'), 'queue/x');
  assert.equal(subpathOf('#/flow/a%20b'), 'a b');
  assert.equal(subpathOf('#/flow'), '');
  assert.equal(subpathOf(''), '');
});

test('a hash that cannot be decoded has no path', () => {
  assert.equal(subpathOf('#/flow/%'), '');
});
