import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKills } from './kills.ts';

test('a killed service is expected back after the restart time, though the clock goes on', () => {
  let time = 1_000;
  const kills = createKills(3_000, () => time++);
  kills.add('cart');
  assert.deepEqual(
    kills.list(() => ({ isReady: false })),
    [{ service: 'cart', at: 1_000, backAt: 4_000 }],
  );
});
