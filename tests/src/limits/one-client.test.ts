import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Limits } from '@tandem/chassis/limits';
import { type Abuse, abuses, openShopper } from './clients.ts';
import { type Client, defaultLimits, openLimitedShop, TASKS } from './limited-shop.ts';

/** Auto scaling follows within some minutes (decision 066); here it never does. */
const SECONDS = 240;
/** Time for which clients have sent nothing. */
const IDLE_SECONDS = 120;

/** A client sends as much as it may for some minutes, while another one shops. Resolves to the statuses of both. */
async function shareShop(t: TestContext, abuse: Abuse, abuser: Client, limits: Limits) {
  const shop = await openLimitedShop(t, limits);
  const kinds = await abuse(shop, abuser);
  const shopper = await openShopper(shop);
  for (let second = 0; second < IDLE_SECONDS; second++) await shop.second();
  shop.start();
  const statuses = { abuser: new Map<number, number>(), shopper: new Map<number, number>() };
  const count = (counts: Map<number, number>, status: number) =>
    counts.set(status, (counts.get(status) ?? 0) + 1);
  let sent = 0;
  let shopped = 0;
  for (let second = 0; second < SECONDS; second++) {
    for (let task = 0; task < TASKS; task++)
      for (const next of kinds)
        for (let status = 0; status !== 429 && status !== 503;) {
          ({ status } = await shop.send(task, abuser, next(sent++)));
          count(statuses.abuser, status);
        }
    if (second % 2 === 0) {
      const { status } = await shop.send(shopped, shopper.client, shopper.next(shopped));
      shopped += 1;
      count(statuses.shopper, status);
    }
    await shop.second();
  }
  return { statuses, throttled: shop.throttled(), report: shop.report() };
}

for (const [name, abuse] of Object.entries(abuses))
  for (const abuser of [{ from: '192.0.2.1' }, { from: '192.0.2.1', token: 'abuser' }])
    test(`security 2: a ${abuser.token ? 'user' : 'guest'} at the limit who ${name} throttles nobody in four minutes`, async (t) => {
      const { statuses, throttled, report } = await shareShop(t, abuse, abuser, defaultLimits);
      t.diagnostic(
        report
          .filter(({ consumed }) => consumed >= SECONDS / 10)
          .map((part) => `${part.name}: ${(part.consumed / SECONDS).toFixed(1)}/s, ${part.lowest} left`)
          .join('; '),
      );
      assert.deepEqual([...statuses.shopper], [[200, SECONDS / 2]]);
      assert.equal(throttled, 0);
      assert.ok(Number(statuses.abuser.get(429)) > 0, 'the client is at its limit');
    });

test('security 2: at ten times the limit the same client would throttle the shopper', async (t) => {
  const [abuse] = Object.values(abuses);
  assert.ok(abuse && defaultLimits.unitsPerSecond);
  const limits = { ...defaultLimits, unitsPerSecond: 10 * defaultLimits.unitsPerSecond };
  const { statuses, throttled } = await shareShop(t, abuse, { from: '192.0.2.1' }, limits);
  assert.ok(throttled > 0 && Number(statuses.shopper.get(503)) > 0);
});
