import { setInterval, setTimeout as delay } from 'node:timers/promises';
import { mintToken } from '@tandem/emulators/issuer';
import { playStory } from '@tandem/smoke/story';
import { client } from '../../support/http.ts';
import { until } from '../../support/until.ts';

/** 150 in five minutes: more than the 100 below which latency does not count. */
const READS_A_SECOND = 30;
/** As a client's that looks at what it was told. */
const STORY_PAUSE_MS = 250;
const TICK_MS = 100;
const WRITE_INTERVAL_MS = 200;

/**
 * What goes on while alarms are watched: readers of a product and of a cart, each at a steady rate whatever they are answered, and one who writes both five times
 * a second. What is answered badly, or not at all, is what the drill is there for.
 */
export async function startTraffic(url: string, readsASecond = READS_A_SECOND): Promise<AsyncDisposable> {
  const api = client(url);
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
    for (let i = 0; i < (readsASecond * TICK_MS) / 1_000; i++) {
      send(api.product(productId));
      send(api.cart(cartId));
    }
  });
  const writing = every(WRITE_INTERVAL_MS, (turn) => {
    // A product of its own each time: of one that changes again while the relay cannot tell it only the newest is told.
    send(api.putProduct(`new-${turn}`));
    send(api.call('PUT', `/carts/${cartId}/items/${productId}`, { body: { qty: 1 + (turn % 3) } }));
  });
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await Promise.all([reading, writing]);
      await Promise.all(sent);
    },
  };
}

/** Plays the story of `npm run demo`, over and over, until it is disposed of. Rejects there where one has failed. */
export function playStories(url: string): AsyncDisposable {
  const stopping = new AbortController();
  const { signal } = stopping;
  const playing = (async () => {
    const token = await mintToken({ subject: 'drill', scopes: ['products:write'] });
    while (!signal.aborted) {
      await playStory(url, token, () => undefined, { signal });
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

/** Makes so many changes of each table at once that one batch of a relay does not hold them. */
export async function changeMuch(url: string, changes: number): Promise<void> {
  const api = client(url);
  const atOnce = 30;
  const turns = Array.from({ length: atOnce }, async (_, lane) => {
    const cartId = await api.openCart();
    const put = (turn: number) => ({ body: { qty: 1 + (turn % 3) } });
    for (let turn = 0; turn < changes / atOnce; turn++) {
      await api.putProduct(`made-${lane}-${turn}`);
      await until(
        async () => (await api.call('PUT', `/carts/${cartId}/items/mug`, put(turn))).status,
        (status) => status === 200,
      );
    }
  });
  await Promise.all(turns);
}
