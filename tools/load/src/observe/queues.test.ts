import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oldestAtMostMs } from './queues.ts';

const depths = (...messages: number[]) => messages.map((count, i) => ({ atMs: i * 250, messages: count }));

test('the age of the oldest message is at most the time in which the queue was not empty', () => {
  assert.equal(oldestAtMostMs(depths(0, 0, 0)), 0);
  assert.equal(oldestAtMostMs(depths(0, 3, 0, 1, 5, 0)), 500);
  assert.equal(oldestAtMostMs(depths(0, 1, 1, 1)), 750);
  assert.equal(oldestAtMostMs([]), 0);
});
