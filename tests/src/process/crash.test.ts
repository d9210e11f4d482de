import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { type CartBody, client, type ProductBody } from '../support/http.ts';
import { spawnSystem, type SystemProcess, temporaryFolder } from '../support/process.ts';
import { deadLetters, depth } from '../support/queues.ts';
import { until } from '../support/until.ts';
import { topology } from '@tandem/contracts/topology';
import { faultsOf, type Observed } from './checker.ts';
import { checkTheChecker } from './lies.ts';
import { type Load, seeded, startLoad } from './load.ts';
import type { Operation } from './record.ts';

const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 4);
const SEED = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);
const SHOPPERS = 14;
const MERCHANTS = 6;
const BUYERS = 8;
const REST_DEADLINE_MS = 20_000;
/** Long enough for a change to be anywhere between the write and its last effect. */
const KILL_AFTER_MS = { min: 100, max: 1_500 };

test('whatever moment the process is killed at, nothing acknowledged and no event is lost', async (t) => {
  t.diagnostic(`CRASH_SEED=${SEED} CRASH_ROUNDS=${ROUNDS}`);
  const random = seeded(SEED);
  await using folder = await temporaryFolder();
  await using stack = new AsyncDisposableStack();
  const start = async () =>
    stack.use(await spawnSystem({ DATA_DIR: folder.path, SEED: '0', LOG_LEVEL: 'fatal' }));

  let system = await start();
  let up = Promise.withResolvers<ReturnType<typeof client>>();
  up.resolve(client(system.urls.gateway));
  const load = await startLoad({
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
  await load.stop();
  const stoppedAt = performance.now();
  assert.deepEqual(load.scandals, []);

  let observed = await observe(system, load);
  await until(
    async () => {
      const queues = Object.keys(topology.queues).map(async (queue) => depth(system.urls.aws, queue));
      const waiting = await Promise.all(queues);
      observed = await observe(system, load);
      return { seed: SEED, waiting, faults: faultsOf(load.log, observed) };
    },
    ({ waiting, faults }) => waiting.every((messages) => messages === 0) && faults.length === 0,
    { deadlineMs: REST_DEADLINE_MS, intervalMs: 50 },
  );
  report(t, load, { recoveries, restMs: performance.now() - stoppedAt, observed });
  checkTheChecker(load.log, observed);
});

async function observe({ urls }: SystemProcess, { productIds, tokens }: Load): Promise<Observed> {
  const api = client(urls.gateway);
  const products: ProductBody[] = [];
  for (let from = 0; from < productIds.length; from += 100) {
    const ids = productIds.slice(from, from + 100).join(',');
    const { status, body } = await api.call<{ items: ProductBody[] }>('GET', `/products?ids=${ids}`);
    assert.equal(status, 200);
    products.push(...body.items);
  }
  const carts = await Promise.all(
    [...tokens].map(async ([cartId, token]) => api.call<CartBody>('GET', `/carts/${cartId}`, { token })),
  );
  return {
    products,
    carts: carts.flatMap(({ status, body }): CartBody[] => (status === 200 ? [body] : [])),
    deadLetters: await deadLetters(urls.aws),
  };
}

function report(
  t: { diagnostic(message: string): void },
  { log, repeats }: Load,
  { recoveries, restMs, observed }: { recoveries: number[]; restMs: number; observed: Observed },
): void {
  const count = (status: string) => log.filter(({ outcome }) => outcome.status === status).length;
  const lines = observed.carts.flatMap(({ items }) => items);
  t.diagnostic(
    `${log.length} operations: ${count('done')} done, ${count('refused')} refused, ${count('unknown')} unknown`,
  );
  const done = (op: Operation['op']) =>
    log.filter((it) => it.op === op && it.outcome.status === 'done').length;
  t.diagnostic(
    `${done('merge')} merges (some twice), ${done('checkOut')} checkouts, ${observed.carts.length} carts`,
  );
  t.diagnostic(`${repeats.sent} requests sent again with their key, ${repeats.replayed} answers replayed`);
  t.diagnostic(`kills: ${recoveries.length}; ready again after ${recoveries.join(', ')} ms`);
  t.diagnostic(`at rest ${Math.round(restMs)} ms after the load`);
  const rejected = lines.filter(({ availability }) => availability === 'insufficient');
  t.diagnostic(`${observed.products.length} products, ${lines.length} lines, ${rejected.length} rejected`);
}
