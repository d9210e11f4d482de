import { setInterval, setTimeout as delay } from 'node:timers/promises';
import { mintToken } from '@tandem/emulators/issuer';
import { runSmokeTest } from '@tandem/smoke/smoke-test';
import { client } from '../../support/http.ts';

/** Reads per second, i.e. 150 in five minutes of the drill: above the 100 requests that the latency alarm requires. */
const READS_PER_SECOND = 30;
/** Reads of figures per second, i.e. 50 in five minutes of the drill: above the ten that the alarm for errors requires. */
const FIGURES_PER_SECOND = 10;
/** Pause between stories, as of a client that processes the responses. */
const STORY_PAUSE_MS = 250;
const TICK_MS = 100;
const WRITE_INTERVAL_MS = 200;

/**
 * Background traffic of a drill: reads of a product and of a cart at a constant rate (open model), reads of figures, and writes
 * to product and cart five times a second. Errors are ignored, as the faults cause them.
 */
export async function startTraffic(url: string, readsPerSecond = READS_PER_SECOND): Promise<AsyncDisposable> {
  const api = client(url);
  const analyst = client(url, await mintToken({ subject: 'drill', scopes: ['analytics:read'] }));
  const productId = 'mug';
  await api.putProduct(productId, { inventory: 1_000_000 });
  const cartId = await api.openCart();
  await api.fill(cartId, { [productId]: 1 });

  const stopping = new AbortController();
  const sent = new Set<Promise<unknown>>();
  const send = (call: Promise<unknown>) => {
    const settled = call.catch(() => undefined).finally(() => sent.delete(settled));
    sent.add(settled);
  };
  const every = async (intervalMs: number, work: (turn: number) => void) => {
    let turn = 0;
    try {
      for await (const _ of setInterval(intervalMs, undefined, { signal: stopping.signal })) work(turn++);
    } catch (error) {
      if (!stopping.signal.aborted) throw error;
    }
  };
  const reading = every(TICK_MS, () => {
    for (let i = 0; i < (readsPerSecond * TICK_MS) / 1_000; i++) {
      send(api.product(productId));
      send(api.cart(cartId));
    }
  });
  const analysing = every(TICK_MS, () => {
    for (let i = 0; i < (FIGURES_PER_SECOND * TICK_MS) / 1_000; i++)
      send(analyst.call('GET', '/analytics/funnel'));
  });
  const writing = every(WRITE_INTERVAL_MS, (turn) => {
    // A new product each time: of several changes of one product the relay publishes only the newest.
    send(api.putProduct(`new-${turn}`));
    send(api.call('PUT', `/carts/${cartId}/items/${productId}`, { body: { qty: 1 + (turn % 3) } }));
  });
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await Promise.all([reading, analysing, writing]);
      await Promise.all(sent);
    },
  };
}

/** Repeats the scenario of `npm run demo` until it is disposed. The disposal rejects if a run has failed. */
export function playStories(url: string): AsyncDisposable {
  const stopping = new AbortController();
  const { signal } = stopping;
  const playing = (async () => {
    const token = await mintToken({ subject: 'drill', scopes: ['products:write'] });
    while (!signal.aborted) {
      await runSmokeTest(url, token, () => undefined, { signal });
      await delay(STORY_PAUSE_MS, undefined, { signal });
    }
  })();
  playing.catch(() => undefined);
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await playing.catch((error: unknown) => {
        if (!signal.aborted || (error as Error).name !== 'AbortError') throw error;
      });
    },
  };
}
