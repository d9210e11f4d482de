import assert from 'node:assert/strict';
import { test } from 'node:test';

Object.assign(globalThis, {
  location: { hash: '' },
  addEventListener() {},
  localStorage: { getItem: () => null, removeItem() {}, setItem() {} },
  document: { documentElement: { style: {} } },
});
const { followed } = await import('./switches.ts');

test('M13: a killed service is away until it is ready again', () => {
  const killed = { at: 1_000 };
  assert.equal(followed(killed, true, 1_500), killed, 'the state may be older than the kill');
  const away = followed(killed, false, 2_000);
  assert.deepEqual(away, { at: 1_000, isAway: true });
  assert.equal(followed(away, false, 3_000), away);
  assert.deepEqual(followed(away, true, 4_000), { at: 1_000, isAway: true, backAt: 4_000 });
});

test('a service that restarts between two states is back all the same', () => {
  assert.deepEqual(followed({ at: 1_000 }, true, 6_000), { at: 1_000, backAt: 6_000 });
});
