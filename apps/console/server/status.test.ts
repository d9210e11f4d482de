import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { ServiceName } from '@tandem/contracts/topology';
import { createKills } from './kills.ts';
import { createReadiness } from './readiness.ts';

test('a service that hangs is not ready after two seconds, and delays no other (N7)', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let [time, isHung] = [10_000, false];
  const checked: ServiceName[] = [];
  const readiness = createReadiness(
    ['product', 'cart'],
    (service) => {
      checked.push(service);
      return service === 'cart' && isHung ? new Promise(() => undefined) : Promise.resolve(true);
    },
    () => time,
  );
  assert.deepEqual(readiness.of('cart'), { isReady: false });
  await readiness.check();
  assert.deepEqual(readiness.of('cart'), { isReady: true, readyAt: 10_000 });
  isHung = true;
  for (const at of [11_000, 12_000, 13_000]) {
    time = at;
    const checking = readiness.check();
    await setImmediate();
    t.mock.timers.tick(500);
    await checking;
    assert.deepEqual(readiness.of('product'), { isReady: true, readyAt: at });
    assert.deepEqual(readiness.of('cart'), { isReady: at < 13_000, readyAt: 10_000 });
  }
  assert.equal(checked.filter((service) => service === 'cart').length, 2, 'one check at a time');
});

test('a killed service is away until it is ready again, not while it still responds', () => {
  let time = 10_000;
  const kills = createKills(3_000, () => time);
  const listAt = (at: number, isReady: boolean, readyAt: number) => {
    time = at;
    return kills.list(() => ({ isReady, readyAt })).map(({ service, backAt }) => [service, backAt]);
  };
  kills.add('cart');
  assert.deepEqual(listAt(10_050, true, 10_050), [['cart', 13_000]]);
  assert.deepEqual(listAt(11_000, false, 10_050), [['cart', 13_000]]);
  assert.deepEqual(listAt(13_200, true, 13_150), []);
  assert.deepEqual(listAt(14_000, false, 13_150), [], 'a later outage is no kill');
});
