import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canHoldAgain, holdText } from './hold.ts';
import { line } from './testing.ts';

const now = Date.parse('2026-11-28T18:00:00Z');

test('a held line shows the remaining time of its hold', () => {
  const until = (heldUntil: string) => holdText({ ...line, heldUntil }, now);
  assert.equal(until('2026-11-28T18:15:00Z'), 'Held for you for 15 min');
  assert.equal(until('2026-11-28T18:13:01Z'), 'Held for you for 14 min');
  assert.equal(until('2026-11-28T18:01:00Z'), 'Held for you for 60 s');
  assert.equal(until('2026-11-28T18:00:00.400Z'), 'Held for you for 1 s');
  assert.equal(until('2026-11-28T17:59:00Z'), 'The hold expires now.');
  assert.equal(holdText(line, now), 'Held for you', 'a hold that does not expire');
});

test('a line that is not held can be held again while its product is available', () => {
  const none = { ...line, hold: 'none' } as const;
  assert.equal(holdText(none, now), 'Not held: others can buy it.');
  assert.ok(canHoldAgain(none));
  assert.ok(!canHoldAgain({ ...none, availability: 'insufficient' }));
  assert.ok(!canHoldAgain({ ...line, hold: 'pending' }) && !canHoldAgain(line));
});

test('a line that is short or no longer sold has no hold to show', () => {
  for (const availability of ['insufficient', 'unavailable'] as const)
    assert.equal(holdText({ ...line, hold: 'none', availability }, now), undefined);
});
