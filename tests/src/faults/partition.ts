import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { ServiceName } from '@tandem/contracts/topology';
import type { Processes } from '@tandem/local/processes/supervisor';
import { mapWithLimit } from '../support/concurrency.ts';
import type { CartBody } from '../support/http.ts';
import { until } from '../support/until.ts';
import { withProcesses } from './with-processes.ts';

const BACKLOGS = [200, 800];
const CONCURRENCY = 20;
const positions = (count: number) => Array.from({ length: count }, (_, i) => i);
const CATCH_UP_DEADLINE_MS = 60_000;

/** Starts a service again; resolves to the time until its backlog is applied, in milliseconds. */
async function catchUp(system: Processes, service: ServiceName, isCaughtUp: () => Promise<boolean>) {
  await system.children[service].start();
  const startedAt = performance.now();
  await until(isCaughtUp, Boolean, { deadlineMs: CATCH_UP_DEADLINE_MS, intervalMs: 20 });
  return Math.round(performance.now() - startedAt);
}

function report(t: TestContext, service: string, measured: readonly (readonly [number, number])[]): void {
  for (const [backlog, ms] of measured)
    t.diagnostic(
      `${service}: backlog of ${backlog} events applied in ${ms} ms, ${(ms / backlog).toFixed(2)} ms each`,
    );
}

test('while Product is down, carts are opened, filled and read; afterwards its stock is updated', (t) =>
  withProcesses(async (system, { add, call, openCart, product, putProduct }) => {
    await putProduct('mug', { inventory: 100_000 });
    const cartId = await openCart();
    await until(
      async () => (await add(cartId, 'mug', 1)).status,
      (status) => status === 200,
    );
    let sold = 1;
    const measured: [number, number][] = [];
    for (const backlog of BACKLOGS) {
      await system.children.product.stop();
      await mapWithLimit(positions(backlog), CONCURRENCY, async () => {
        const newCart = await openCart();
        assert.equal((await add(newCart, 'mug', 1)).status, 200);
        assert.equal((await call<CartBody>('GET', `/carts/${newCart}`)).body.items.length, 1);
      });
      sold += backlog;
      const isCaughtUp = async () => (await product('mug')).body.inventory === 100_000 - sold;
      measured.push([backlog, await catchUp(system, 'product', isCaughtUp)]);
    }
    report(t, 'Product', measured);
  }));

test('while Cart is down, the catalog is changed and read; afterwards carts show its newest state', (t) =>
  withProcesses(async (system, { add, call, openCart, putProduct }) => {
    await putProduct('mug');
    const cartId = await openCart();
    await until(
      async () => (await add(cartId, 'mug', 1)).status,
      (status) => status === 200,
    );
    const measured: [number, number][] = [];
    for (const backlog of BACKLOGS) {
      await system.children.cart.stop();
      // The relay publishes only the newest state of a product per batch, so each change is of another product.
      await mapWithLimit(positions(backlog), CONCURRENCY, async (i) => {
        assert.ok((await putProduct(`other-${i}`, { price: backlog })).status < 300);
      });
      const price = 1_000 + backlog;
      assert.equal((await call('PATCH', '/products/mug', { body: { price } })).status, 200);
      const isCaughtUp = async () => {
        const { body } = await call<CartBody>('GET', `/carts/${cartId}`);
        return body.items[0]?.currentPrice === price;
      };
      measured.push([backlog, await catchUp(system, 'cart', isCaughtUp)]);
    }
    report(t, 'Cart', measured);
  }));
