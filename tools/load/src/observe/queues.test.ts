import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oldestAtMostMs } from './queues.ts';

const depths = (...messages: number[]) => messages.map((count, i) => ({ atMs: i * 250, messages: count }));

test('no message is older than the time that its queue was not seen empty', () => {
  assert.equal(oldestAtMostMs(depths(0, 0, 0)), 0);
  assert.equal(oldestAtMostMs(depths(0, 3, 0, 1, 5, 0)), 500);
  assert.equal(oldestAtMostMs(depths(0, 1, 1, 1)), 750);
  assert.equal(oldestAtMostMs([]), 0);
});
