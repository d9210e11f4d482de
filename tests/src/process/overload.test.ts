import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setInterval } from 'node:timers/promises';
import { client } from '../support/http.ts';
import { spawnSystem } from '../support/process.ts';
import { until } from '../support/until.ts';
import { residentMegabytes, waitedForCpuMs, withoutProc } from '../support/linux.ts';
import { type Offer, startOfferedLoad, type Target } from './offered-load.ts';

/** Promised limits: the p99 latency at five times the capacity, and the recovery time after it. */
const OVERLOAD = 5;
const P99_LIMIT_MS = 1_000;
const RECOVERY_LIMIT_MS = 5_000;

const LOAD_SECONDS = 20;

/**
 * Limit of the heap's old generation. Without one, V8 lets garbage fill its memory for longer than the load takes, by 190 MB. 160 MB are
 * too few for three services. If each shed request leaves four kilobytes behind, the process exceeds the limit and ends during the load.
 */
const HEAP_LIMIT = '--max-old-space-size=256';

/** Limit of memory growth between the middle of the load and its last two seconds: 10 to 20 MB with the limit of the heap. */
const GROWTH_LIMIT_MB = 90;

/** Share of time without a CPU, because other processes had it, above which latencies are not judged. */
const MAX_CPU_WAIT_SHARE = 0.3;

/** Negligible load. */
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

/** Samples memory and liveness of a system twice a second; returns the function that stops it. */
function sample(pid: number, urls: readonly string[]) {
  const stopping = new AbortController();
  const megabytes: number[] = [];
  const health: number[] = [];
  const run = async () => {
    for await (const _ of setInterval(500, undefined, { signal: stopping.signal })) {
      megabytes.push(await residentMegabytes(pid));
      for (const url of urls) health.push((await fetch(`${url}/health`)).status);
    }
  };
  const sampling = run().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return async () => {
    stopping.abort();
    await sampling;
    return { megabytes, health };
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test(
  'at five times its capacity the system sheds load, keeps the latency of accepted requests below the limit, and recovers',
  { skip: withoutProc },
  async (t) => {
    await using system = await spawnSystem({ SEED: '0', NODE_OPTIONS: HEAP_LIMIT });
    using load = startOfferedLoad(await prepare(system.urls.gateway));
    await load.offer({ clients: 1_000, seconds: 2 });
    const idle = await load.offer(TRICKLE);
    const { responsesPerSecond: capacity } = await load.offer({ clients: 100, seconds: 3 });

    const stopSampling = sample(system.pid, [system.urls.product, system.urls.cart]);
    const startedAt = performance.now();
    const waitedBefore = await waitedForCpuMs(system.pid);
    const overload = await load.offer({ perSecond: OVERLOAD * capacity, seconds: LOAD_SECONDS });
    const { megabytes, health } = await stopSampling();

    const overAt = performance.now();
    const recovered = await until(
      () => load.offer(TRICKLE),
      ({ p50, shed }) => shed === 0 && p50 < 2 * idle.p50 + 5,
      { deadlineMs: RECOVERY_LIMIT_MS },
    ).catch(String);
    const recoveryMs = performance.now() - overAt;

    const waitedMs = (await waitedForCpuMs(system.pid)) - waitedBefore;
    const cpuWaitShare = waitedMs / (recoveryMs + overAt - startedAt);
    const middle = Math.floor(megabytes.length / 2);
    const [early, late] = [mean(megabytes.slice(middle - 2, middle + 2)), mean(megabytes.slice(-4))];
    t.diagnostic(
      JSON.stringify({
        capacity,
        ...overload,
        early,
        late,
        idleP50: idle.p50,
        recovered,
        recoveryMs,
        cpuWaitShare,
      }),
    );

    assert.equal(overload.shedWithoutRetryAfter, 0);
    assert.deepEqual(
      Object.keys(overload.responses).filter((status) => Number(status) >= 500),
      [],
    );
    assert.deepEqual(overload.errors, {});
    assert.ok(overload.shed > overload.sent / 4, 'the load was no overload');
    assert.ok(
      health.length > 0 && health.every((status) => status === 200),
      'liveness must hold during the overload',
    );
    assert.ok(late - early < GROWTH_LIMIT_MB, `${early} MB became ${late} MB`);
    const misses = [
      overload.p99 < P99_LIMIT_MS ? [] : `p99 ${overload.p99} ms`,
      typeof recovered === 'string' ? `not recovered after 5 s: ${recovered}` : [],
      overload.responsesPerSecond > capacity / 4
        ? []
        : `only ${overload.responsesPerSecond} responses per second`,
    ].flat();
    if (misses.length > 0 && cpuWaitShare > MAX_CPU_WAIT_SHARE) {
      const share = Math.round(cpuWaitShare * 100);
      t.skip(
        `latencies are not judged, because other processes had the CPU for ${share} % of the time: ${misses.join(', ')}`,
      );
      return;
    }
    assert.deepEqual(misses, []);
  },
);
