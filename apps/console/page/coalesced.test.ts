import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coalesced } from './coalesced.ts';

test('many calls make one run, and one more when some come meanwhile', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const ends: (() => void)[] = [];
  const call = coalesced(() => new Promise((resolve) => ends.push(resolve)), 50);

  for (let i = 0; i < 5; i += 1) call();
  t.mock.timers.tick(49);
  assert.equal(ends.length, 0);
  t.mock.timers.tick(1);
  assert.equal(ends.length, 1);

  call();
  call();
  t.mock.timers.tick(500);
  assert.equal(ends.length, 1, 'the first still runs');
  ends[0]?.();
  await new Promise(setImmediate);
  t.mock.timers.tick(50);
  assert.equal(ends.length, 2);
  ends[1]?.();
  await new Promise(setImmediate);
  t.mock.timers.tick(500);
  assert.equal(ends.length, 2, 'nobody has called since');
});
