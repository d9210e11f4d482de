import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coalesce } from './coalesce.ts';

test('many calls cause one run, and one more if calls arrive while it runs', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const ends: (() => void)[] = [];
  const call = coalesce(() => new Promise((resolve) => ends.push(resolve)), 50);

  for (let i = 0; i < 5; i += 1) call();
  t.mock.timers.tick(49);
  assert.equal(ends.length, 0);
  t.mock.timers.tick(1);
  assert.equal(ends.length, 1);

  call();
  call();
  t.mock.timers.tick(500);
  assert.equal(ends.length, 1, 'the first run is still pending');
  ends[0]?.();
  await new Promise(setImmediate);
  t.mock.timers.tick(50);
  assert.equal(ends.length, 2);
  ends[1]?.();
  await new Promise(setImmediate);
  t.mock.timers.tick(500);
  assert.equal(ends.length, 2, 'no call since the last run');
});
