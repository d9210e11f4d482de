import { setTimeout as delay } from 'node:timers/promises';
import type { Prepared } from '../plan.ts';
import { productOf } from '../plan.ts';

/** From an acknowledged write at Product until Cart's API showed it. */
export interface Propagation {
  readonly atMs: number;
  /** Undefined where it did not show in time. */
  readonly delayMs: number | undefined;
}

/** A write that does not show within so long is lost as far as anybody can tell. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 200;
/** A delay is told too long by one look at most: 3 ms at first, a quarter of what has passed later. */
const FIRST_LOOK_MS = 3;

/** Changes a product's price over and over, and looks at a cart that holds it until the change shows there. */
export async function startProbe(
  url: string,
  { runId, catalogToken }: Prepared,
  elapsedMs: () => number,
): Promise<{ readonly seen: readonly Propagation[]; stop(): Promise<void> }> {
  const ask = async (method: string, path: string, body?: object) => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(path.startsWith('/products') && { authorization: `Bearer ${catalogToken}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const said = await answer.text();
    return { status: answer.status, body: (said === '' ? {} : JSON.parse(said)) as Record<string, unknown> };
  };
  const productId = `load-${runId}-probe`;
  await ask('PUT', `/products/${productId}`, productOf(productId, 1));
  const cartId = String((await ask('POST', '/carts')).body['cartId']);
  const end = performance.now() + PATIENCE_MS;
  while ((await ask('POST', `/carts/${cartId}/items`, { productId, qty: 1 })).status !== 200) {
    if (performance.now() > end) throw new Error('Cart does not learn of a new product');
    await delay(FIRST_LOOK_MS);
  }

  const seen: Propagation[] = [];
  const stopping = new AbortController();
  const measure = async (price: number): Promise<number | undefined> => {
    const written = await ask('PATCH', `/products/${productId}`, { price }).catch(() => undefined);
    if (written?.status !== 200) return undefined;
    const writtenAt = performance.now();
    for (let passed = 0; passed < PATIENCE_MS;) {
      const cart = await ask('GET', `/carts/${cartId}`).catch(() => undefined);
      passed = performance.now() - writtenAt;
      const [line] = (cart?.body['items'] ?? []) as { currentPrice: number }[];
      if (line?.currentPrice === price) return passed;
      await delay(Math.max(FIRST_LOOK_MS, passed / 4));
    }
    return undefined;
  };
  const probe = async () => {
    for (let price = 2; !stopping.signal.aborted; price++) {
      const atMs = elapsedMs();
      seen.push({ atMs, delayMs: await measure(price) });
      await delay(PAUSE_MS);
    }
    await ask('DELETE', `/carts/${cartId}`);
    await ask('DELETE', `/products/${productId}`);
  };
  const probing = probe();
  probing.catch(() => undefined);
  return {
    seen,
    async stop() {
      stopping.abort();
      await probing;
    },
  };
}
