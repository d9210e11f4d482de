import assert from 'node:assert/strict';
import { test } from 'node:test';
import { below } from './below.ts';

test('an address names what lies below a room', () => {
  assert.equal(below('#/flow/queue/x'), 'queue/x');
  assert.equal(below('#/flow/a%20b'), 'a b');
  assert.equal(below('#/flow'), '');
  assert.equal(below(''), '');
});

test('an address that cannot be decoded names nothing', () => {
  assert.equal(below('#/flow/%'), '');
});
