import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sweepMsFor } from './service.ts';

test('overdue holds are looked for each second, short ones more often, and never without a pause', () => {
  assert.deepEqual([0, 900, 4, 2, 1].map(sweepMsFor), [1_000, 1_000, 1_000, 500, 250]);
});
