import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { type CartBody, client, type ProductBody } from '../support/http.ts';
import { spawnSystem, type SystemProcess, temporaryFolder } from '../support/process.ts';
import { deadLetters, depth } from '../support/queues.ts';
import { until } from '../support/until.ts';
import { topology } from '@tandem/contracts/topology';
import { faultsOf, type Observed } from './checker.ts';
import { type Load, seeded, startLoad } from './load.ts';
import type { Entry } from './record.ts';

const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 4);
const SEED = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);
const SHOPPERS = 16;
const MERCHANTS = 6;
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

async function observe({ urls }: SystemProcess, { productIds, cartIds }: Load): Promise<Observed> {
  const api = client(urls.gateway);
  const products: ProductBody[] = [];
  for (let from = 0; from < productIds.length; from += 100) {
    const ids = productIds.slice(from, from + 100).join(',');
    const { status, body } = await api.call<{ items: ProductBody[] }>('GET', `/products?ids=${ids}`);
    assert.equal(status, 200);
    products.push(...body.items);
  }
  const carts = await Promise.all(cartIds.map(async (cartId) => api.cart(cartId)));
  return {
    products,
    carts: carts.flatMap(({ status, body }): CartBody[] => (status === 200 ? [body] : [])),
    deadLetters: await deadLetters(urls.aws),
  };
}

/** A checker that finds nothing may look at nothing: each of these lies and losses must be found. */
function checkTheChecker(log: readonly Entry[], observed: Observed): void {
  const { products, carts } = observed;
  const line = carts.flatMap(({ cartId, items }) => items.map(({ productId }) => ({ cartId, productId })))[0];
  assert.ok(line);
  const { productId, cartId } = line;
  const done = { status: 'done', version: 1 } as const;
  const told = (entry: Entry) => faultsOf([...log, entry], observed);
  const change = <T extends object>(items: readonly T[], is: (item: T) => boolean, by: Partial<T>) =>
    items.map((item) => (is(item) ? { ...item, ...by } : item));
  const ofProduct = (by: Partial<ProductBody>) =>
    faultsOf(log, { ...observed, products: change(products, (it) => it.productId === productId, by) });
  const ofLines = (by: Partial<CartBody['items'][number]>) =>
    faultsOf(log, {
      ...observed,
      carts: carts.map((cart) => ({
        ...cart,
        items: change(cart.items, (it) => it.productId === productId, by),
      })),
    });

  const planted = {
    'an acknowledged price': told({ op: 'price', productId, price: 10_000, outcome: done }),
    'an acknowledged version': told({ op: 'stock', productId, delta: 0, outcome: { ...done, version: 1e6 } }),
    'an acknowledged delivery': told({ op: 'stock', productId, delta: 7_777, outcome: done }),
    'an acknowledged product': told({
      op: 'create',
      productId: 'new',
      price: 1,
      inventory: 1,
      outcome: done,
    }),
    'an acknowledged add': told({ op: 'add', cartId, productId, qty: 500, outcome: done }),
    'an acknowledged removal': told({ op: 'set', cartId, productId, qty: 0, outcome: done }),
    'an acknowledged cart': told({ op: 'open', cartId: 'new', outcome: done }),
    'a lost price event': ofLines({ currentPrice: 10_000 }),
    'a lost stock event': ofLines({ availableQty: 7_777 }),
    'a lost reservation': ofProduct({ inventory: 7_777 }),
    'a lost rejection': ofLines({ availability: 'unavailable' }),
    'a lost message': faultsOf(log, { ...observed, deadLetters: 1 }),
  };
  for (const [what, faults] of Object.entries(planted)) assert.ok(faults.length > 0, `${what} is not missed`);
}

function report(
  t: { diagnostic(message: string): void },
  { log }: Load,
  { recoveries, restMs, observed }: { recoveries: number[]; restMs: number; observed: Observed },
): void {
  const count = (status: string) => log.filter(({ outcome }) => outcome.status === status).length;
  const lines = observed.carts.flatMap(({ items }) => items);
  t.diagnostic(
    `${log.length} operations: ${count('done')} done, ${count('refused')} refused, ${count('unknown')} unknown`,
  );
  t.diagnostic(`kills: ${recoveries.length}; ready again after ${recoveries.join(', ')} ms`);
  t.diagnostic(`at rest ${Math.round(restMs)} ms after the load`);
  const rejected = lines.filter(({ availability }) => availability === 'insufficient');
  t.diagnostic(`${observed.products.length} products, ${lines.length} lines, ${rejected.length} rejected`);
}
