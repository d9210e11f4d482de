import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sweepMsFor } from './service.ts';

test('the sweep runs each second, more often for short holds, and never more than four times a second', () => {
  assert.deepEqual([0, 900, 4, 2, 1].map(sweepMsFor), [1_000, 1_000, 1_000, 500, 250]);
});
