import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counted, duration, timeOfDay } from './format.ts';

test('a duration has a readable unit', () => {
  assert.deepEqual([0, 339.6, 1_240, 125_000].map(duration), ['0 ms', '340 ms', '1.2 s', '2 min 5 s']);
});

test('a time of day has milliseconds', () => {
  assert.equal(timeOfDay(new Date(2026, 1, 14, 9, 5, 7, 42).getTime()), '09:05:07.042');
});

test('nouns are singular for a count of one', () => {
  assert.deepEqual([counted(1, 'message'), counted(0, 'message')], ['1 message', '0 messages']);
});
