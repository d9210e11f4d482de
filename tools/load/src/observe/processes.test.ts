import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCpuSeconds } from './processes.ts';

test('CPU time is user and system time, also of a program whose name contains spaces and parentheses', () => {
  const after = 'S 1 4242 4242 0 -1 4194304 900 0 0 0 150 25 7 9 20 0 11 0 100 1000 200';
  assert.equal(parseCpuSeconds(`4242 (node) ${after}`), 1.75);
  assert.equal(parseCpuSeconds(`4242 (a) b (c) ${after}`), 1.75);
});
