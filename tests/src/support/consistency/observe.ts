import assert from 'node:assert/strict';
import { type CartBody, client, retryUnavailable, type ProductBody } from '../http.ts';
import { deadLetterCount } from '../queues.ts';
import type { Observed } from './checker.ts';
import type { Workload } from './workload.ts';
import type { StockEventRecorder } from './stock-events.ts';

/** Observes all products and carts of a workload through the APIs, queues and events alone. */
export async function observe(
  { gateway, aws }: Readonly<Record<'gateway' | 'aws', string>>,
  { productIds, tokens }: Workload,
  recorder: StockEventRecorder,
): Promise<Observed> {
  const api = client(gateway);
  const products: ProductBody[] = [];
  for (let from = 0; from < productIds.length; from += 100) {
    const ids = productIds.slice(from, from + 100).join(',');
    const { status, body } = await retryUnavailable(() =>
      api.call<{ items: ProductBody[] }>('GET', `/products?ids=${ids}`),
    );
    assert.equal(status, 200);
    products.push(...body.items);
  }
  const carts = await Promise.all(
    [...tokens].map(([cartId, token]) =>
      retryUnavailable(() => api.call<CartBody>('GET', `/carts/${cartId}`, { token })),
    ),
  );
  return {
    products,
    carts: carts.flatMap(({ status, body }): CartBody[] => (status === 200 ? [body] : [])),
    deadLetters: await deadLetterCount(aws),
    published: await recorder.collect(aws),
    at: Date.now(),
  };
}
