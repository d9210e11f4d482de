import { setTimeout as delay } from 'node:timers/promises';
import type { Prepared } from '../plan.ts';
import { productOf } from '../plan.ts';

/** Propagation of one write: from its acknowledgement by Product until Cart's API showed it. */
export interface Propagation {
  readonly atMs: number;
  /** Undefined if it did not show before the deadline. */
  readonly delayMs: number | undefined;
}

/** Deadline after which a write counts as lost. */
const DEADLINE_MS = 20_000;
const PAUSE_MS = 200;
/** Minimum interval of polls; later a quarter of the elapsed time, so that a delay is overestimated by a quarter at most. */
const MIN_POLL_MS = 3;

/** Measures propagation: repeatedly changes the price of a product, and polls a cart with it until the new price shows. */
export async function startPropagationProbe(
  url: string,
  { runId, catalogToken }: Prepared,
  elapsedMs: () => number,
): Promise<{ readonly writes: readonly Propagation[]; stop(): Promise<void> }> {
  const request = async (method: string, path: string, body?: object) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(path.startsWith('/products') && { authorization: `Bearer ${catalogToken}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
    };
  };
  const productId = `load-${runId}-probe`;
  await request('PUT', `/products/${productId}`, productOf(productId, 1));
  const cartId = String((await request('POST', '/carts')).body['cartId']);
  const end = performance.now() + DEADLINE_MS;
  while ((await request('POST', `/carts/${cartId}/items`, { productId, qty: 1 })).status !== 200) {
    if (performance.now() > end) throw new Error('Cart did not receive a new product before the deadline');
    await delay(MIN_POLL_MS);
  }

  const writes: Propagation[] = [];
  const stopping = new AbortController();
  const measure = async (price: number): Promise<number | undefined> => {
    const written = await request('PATCH', `/products/${productId}`, { price }).catch(() => undefined);
    if (written?.status !== 200) return undefined;
    const writtenAt = performance.now();
    for (let passed = 0; passed < DEADLINE_MS;) {
      const cart = await request('GET', `/carts/${cartId}`).catch(() => undefined);
      passed = performance.now() - writtenAt;
      const [line] = (cart?.body['items'] ?? []) as { currentPrice: number }[];
      if (line?.currentPrice === price) return passed;
      await delay(Math.max(MIN_POLL_MS, passed / 4));
    }
    return undefined;
  };
  const probe = async () => {
    for (let price = 2; !stopping.signal.aborted; price++) {
      const atMs = elapsedMs();
      writes.push({ atMs, delayMs: await measure(price) });
      await delay(PAUSE_MS);
    }
    await request('DELETE', `/carts/${cartId}`);
    await request('DELETE', `/products/${productId}`);
  };
  const probing = probe();
  probing.catch(() => undefined);
  return {
    writes,
    async stop() {
      stopping.abort();
      await probing;
    },
  };
}
