import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { client } from '../support/http.ts';
import { spawnSystem, temporaryFolder } from '../support/process.ts';
import { depths } from '../support/queues.ts';
import { until } from '../support/until.ts';
import { violationsOf, type Observed } from '../support/consistency/checker.ts';
import { startWorkload, type Workload } from '../support/consistency/workload.ts';
import { observe } from '../support/consistency/observe.ts';
import { verifyChecker } from '../support/consistency/checker-mutations.ts';
import { seeded } from '../support/random.ts';
import type { Operation } from '../support/consistency/operation-log.ts';
import { recordStockEvents } from '../support/consistency/stock-events.ts';

const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 4);
const SEED = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);
const SHOPPERS = 14;
const MERCHANTS = 6;
const BUYERS = 8;
const REST_DEADLINE_MS = 20_000;
/** Range in which a change may be at any step between its write and its last effect. */
const KILL_AFTER_MS = { min: 100, max: 1_500 };

test('kill -9 at any time loses no acknowledged write and no event', async (t) => {
  t.diagnostic(`CRASH_SEED=${SEED} CRASH_ROUNDS=${ROUNDS}`);
  const random = seeded(SEED);
  await using folder = await temporaryFolder();
  await using stack = new AsyncDisposableStack();
  const start = async () =>
    stack.use(await spawnSystem({ DATA_DIR: folder.path, SEED: '0', LOG_LEVEL: 'fatal' }));

  let system = await start();
  let up = Promise.withResolvers<ReturnType<typeof client>>();
  up.resolve(client(system.urls.gateway));
  const recorder = await recordStockEvents(system.urls.aws);
  const workload = await startWorkload({
    whenUp: () => up.promise,
    random,
    shoppers: SHOPPERS,
    merchants: MERCHANTS,
    buyers: BUYERS,
  });

  const recoveries: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await delay(random(KILL_AFTER_MS.min, KILL_AFTER_MS.max));
    up = Promise.withResolvers();
    assert.equal((await system.kill9()).signal, 'SIGKILL');
    system = await start();
    recoveries.push(Math.round(system.startMs));
    up.resolve(client(system.urls.gateway));
  }
  await delay(random(KILL_AFTER_MS.min, KILL_AFTER_MS.max));
  await workload.stop();
  const stoppedAt = performance.now();
  assert.deepEqual(workload.unexpected, []);

  let observed = await observe(system.urls, workload, recorder);
  await until(
    async () => {
      const queueDepths = await depths(system.urls.aws);
      observed = await observe(system.urls, workload, recorder);
      return { seed: SEED, queueDepths, violations: violationsOf(workload.log, observed) };
    },
    ({ queueDepths, violations }) =>
      queueDepths.every((messages) => messages === 0) && violations.length === 0,
    { deadlineMs: REST_DEADLINE_MS, intervalMs: 50 },
  );
  report(t, workload, { recoveries, restMs: performance.now() - stoppedAt, observed });
  verifyChecker(workload.log, observed);
});

function report(
  t: { diagnostic(message: string): void },
  { log, repeats }: Workload,
  { recoveries, restMs, observed }: { recoveries: number[]; restMs: number; observed: Observed },
): void {
  const count = (status: string) => log.filter(({ outcome }) => outcome.status === status).length;
  const lines = observed.carts.flatMap(({ items }) => items);
  t.diagnostic(
    `${log.length} operations: ${count('done')} done, ${count('rejected')} rejected, ${count('unknown')} unknown`,
  );
  const done = (op: Operation['op']) =>
    log.filter((entry) => entry.op === op && entry.outcome.status === 'done').length;
  t.diagnostic(
    `${done('merge')} merges (some twice), ${done('checkOut')} checkouts, ${observed.carts.length} carts`,
  );
  t.diagnostic(`${repeats.sent} requests retried with their key, ${repeats.replayed} responses replayed`);
  t.diagnostic(`kills: ${recoveries.length}; ready again after ${recoveries.join(', ')} ms`);
  t.diagnostic(`at rest ${Math.round(restMs)} ms after the load`);
  const held = lines.filter(({ hold }) => hold === 'held');
  const { reductions, missing } = observed.published;
  t.diagnostic(`${observed.products.length} products, ${lines.length} lines, ${held.length} held`);
  t.diagnostic(`${reductions.length} increases rejected, ${missing.size} products sold beyond their stock`);
}
