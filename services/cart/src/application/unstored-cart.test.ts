import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unstoredCart } from './unstored-cart.ts';

test('an empty cart expires no later than a stored one, whose lifetime ends in whole seconds', () => {
  const openedAtMs = Date.parse('2026-02-14T15:00:00.300Z');
  const at = (now: string) => unstoredCart('guest', openedAtMs, now, 2);
  assert.equal(at('2026-02-14T15:00:01.999Z')?.status, 'open');
  assert.equal(at('2026-02-14T15:00:02.000Z'), undefined);
});
