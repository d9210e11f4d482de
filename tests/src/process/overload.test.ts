import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setInterval } from 'node:timers/promises';
import { client } from '../support/http.ts';
import { spawnSystem } from '../support/process.ts';
import { until } from '../support/until.ts';
import { residentMegabytes, waitedForCpuMs, withoutProc } from './linux.ts';
import { type Offer, startOfferedLoad, type Target } from './offered-load.ts';

/** What is promised: at five times the capacity, the slowest answer but for one in a hundred; and the time until it is over. */
const OVERLOAD = 5;
const P99_LIMIT_MS = 1_000;
const RECOVERY_LIMIT_MS = 5_000;

const LOAD_SECONDS = 10;

/**
 * Requests that were kept would take some 20 kB each: at a thousand a second of capacity, four thousand a second, 800 MB
 * in ten seconds. What may grow is what is stored, and the heap until it is next collected.
 */
const GROWTH_LIMIT = 1.25;

/** Beyond this share of the time that others had its CPU, the times say more of them than of the system. */
const MAX_SHARE_OF_OTHERS = 0.3;

/** What is no load at all. */
const TRICKLE: Offer = { perSecond: 50, seconds: 1 };

async function prepare(gateway: string): Promise<Target> {
  const { add, openCart, putProduct } = client(gateway);
  const productIds = Array.from({ length: 20 }, (_, i) => `p-${i}`);
  for (const id of productIds) await putProduct(id, { inventory: 1_000_000 });
  const cartIds = await Promise.all(Array.from({ length: 200 }, openCart));
  for (const id of productIds) {
    await until(
      () => add(cartIds[0] ?? '', id, 1),
      ({ status }) => status === 200,
    );
  }
  return { url: gateway, productIds, cartIds };
}

/** Looks at a system twice a second until it is told to stop: its memory, and whether it says that it is alive. */
function watch(pid: number, urls: readonly string[]) {
  const stopping = new AbortController();
  const megabytes: number[] = [];
  const health: number[] = [];
  const look = async () => {
    for await (const _ of setInterval(500, undefined, { signal: stopping.signal })) {
      megabytes.push(await residentMegabytes(pid));
      for (const url of urls) health.push((await fetch(`${url}/health`)).status);
    }
  };
  const looking = look().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return async () => {
    stopping.abort();
    await looking;
    return { megabytes, health };
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test(
  'at five times its capacity the system answers in time what it answers, and recovers',
  { skip: withoutProc },
  async (t) => {
    await using system = await spawnSystem({ SEED: '0' });
    using load = startOfferedLoad(await prepare(system.urls.gateway));
    await load.offer({ clients: 1_000, seconds: 2 });
    const quiet = await load.offer(TRICKLE);
    const { answeredPerSecond: capacity } = await load.offer({ clients: 100, seconds: 3 });

    const stopWatching = watch(system.pid, [system.urls.product, system.urls.cart]);
    const startedAt = performance.now();
    const waitedBefore = await waitedForCpuMs(system.pid);
    const overload = await load.offer({ perSecond: OVERLOAD * capacity, seconds: LOAD_SECONDS });
    const { megabytes, health } = await stopWatching();

    const overAt = performance.now();
    const recovered = await until(
      () => load.offer(TRICKLE),
      ({ p50, shed }) => shed === 0 && p50 < 2 * quiet.p50 + 5,
      { deadlineMs: RECOVERY_LIMIT_MS },
    ).catch(String);
    const recoveryMs = performance.now() - overAt;

    const waitedMs = (await waitedForCpuMs(system.pid)) - waitedBefore;
    const shareOfOthers = waitedMs / (recoveryMs + overAt - startedAt);
    const [early, late] = [mean(megabytes.slice(4, 8)), mean(megabytes.slice(-4))];
    t.diagnostic(
      JSON.stringify({
        capacity,
        ...overload,
        early,
        late,
        quiet: quiet.p50,
        recovered,
        recoveryMs,
        shareOfOthers,
      }),
    );

    assert.equal(overload.shedWithoutRetryAfter, 0);
    assert.deepEqual(
      Object.keys(overload.answered).filter((status) => Number(status) >= 500),
      [],
    );
    assert.deepEqual(overload.errors, {});
    assert.ok(overload.shed > overload.sent / 4, 'it was no overload');
    assert.ok(health.length > 0 && health.every((status) => status === 200), 'it is alive all the while');
    assert.ok(late < early * GROWTH_LIMIT, `${early} MB became ${late} MB`);
    const isInTime = overload.p99 < P99_LIMIT_MS && typeof recovered !== 'string';
    if (!isInTime && shareOfOthers > MAX_SHARE_OF_OTHERS) {
      t.skip(`the times are not judged: others had its CPU for ${Math.round(shareOfOthers * 100)} % of them`);
      return;
    }
    assert.ok(overload.p99 < P99_LIMIT_MS, `p99 ${overload.p99} ms`);
    assert.ok(typeof recovered !== 'string', `not as before: ${JSON.stringify(recovered)}`);
    assert.ok(overload.answeredPerSecond > capacity / 4, `${overload.answeredPerSecond} answers a second`);
  },
);
