import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { topology } from '@tandem/contracts/topology';
import { faultsOf, type Observed } from '../process/checker.ts';
import type { Load } from '../process/load.ts';
import { type CartBody, client, decided, type ProductBody } from '../support/http.ts';
import { deadLetters, depth, describeDeadLetters } from '../support/queues.ts';

/** What the system shows of all that the load has touched, by its APIs and its queues alone. */
async function observe(
  { gateway, aws }: Readonly<Record<'gateway' | 'aws', string>>,
  { productIds, tokens }: Load,
): Promise<Observed> {
  const api = client(gateway);
  const products: ProductBody[] = [];
  for (let from = 0; from < productIds.length; from += 100) {
    const ids = productIds.slice(from, from + 100).join(',');
    const { status, body } = await decided(() =>
      api.call<{ items: ProductBody[] }>('GET', `/products?ids=${ids}`),
    );
    assert.equal(status, 200);
    products.push(...body.items);
  }
  const carts = await Promise.all(
    [...tokens].map(([cartId, token]) =>
      decided(() => api.call<CartBody>('GET', `/carts/${cartId}`, { token })),
    ),
  );
  return {
    products,
    carts: carts.flatMap(({ status, body }): CartBody[] => (status === 200 ? [body] : [])),
    deadLetters: await deadLetters(aws),
  };
}

/** Nothing moves any more where the queues have been empty for so long: what is wrong then stays wrong. */
const QUIET_MS = 5_000;

/** What is wrong once nothing moves any more, or after the deadline. */
export async function faultsAtRest(
  urls: Readonly<Record<'gateway' | 'aws', string>>,
  load: Load,
  deadlineMs: number,
): Promise<readonly string[]> {
  const end = performance.now() + deadlineMs;
  let movedAt = performance.now();
  for (;;) {
    const waiting = await Promise.all(
      Object.keys(topology.queues).map(async (queue) => depth(urls.aws, queue)),
    );
    const observed: Observed = await observe(urls, load);
    const faults = faultsOf(load.log, observed);
    const stuck = waiting.reduce((sum, messages) => sum + messages, 0);
    if (faults.length === 0 && stuck === 0) return [];
    if (stuck > 0) movedAt = performance.now();
    if (performance.now() > Math.min(end, movedAt + QUIET_MS)) {
      const letters = await describeDeadLetters(urls.aws);
      return [...(stuck > 0 ? [`${stuck} messages are stuck`] : []), ...faults, ...letters];
    }
    await delay(250);
  }
}
