import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, client } from '../support/http.ts';
import { until } from '../support/until.ts';
import type { Entry, Operation, Outcome } from './record.ts';
import { goShopping, type Repeats } from './trips.ts';

type Client = ReturnType<typeof client>;

/** Whole numbers from `min` to `max`. */
export type Random = (min: number, max: number) => number;

/** The mulberry32 generator: the same seed gives the same numbers. */
export function seeded(seed: number): Random {
  let state = seed;
  return (min, max) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return min + (((t ^ (t >>> 14)) >>> 0) % (max - min + 1));
  };
}

export interface LoadOptions {
  /** The system's client; pending while the system is down. */
  readonly whenUp: () => Promise<Client>;
  readonly random: Random;
  readonly shoppers: number;
  readonly merchants: number;
  /** Users who merge a guest's cart with their own and buy. */
  readonly buyers: number;
  /** How long a client waits for what must happen in the end before it gives up; 20 s unless given. */
  readonly patienceMs?: number;
}

/** Clients that change products and carts as fast as they are answered, and keep what they were told. */
export interface Load {
  readonly log: readonly Entry[];
  /** Answers that no client should ever get. */
  readonly scandals: readonly string[];
  readonly productIds: readonly string[];
  readonly repeats: Readonly<Repeats>;
  /** The token that reads each cart, by its id; false for a guest's. */
  readonly tokens: ReadonlyMap<string, string | false>;
  /** Lets what is under way end. Rejects when a client could not go on. */
  stop(): Promise<void>;
}

const PRODUCTS_A_MERCHANT = 10;

/** Opens the carts, creates the first products, and keeps changing both until it is stopped. */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const { whenUp, random, shoppers, merchants, buyers, patienceMs = 20_000 } = options;
  const log: Entry[] = [];
  const scandals: string[] = [];
  const productIds: string[] = [];
  const cartIds: string[] = [];
  const tokens = new Map<string, string | false>();
  const repeats: Repeats = { sent: 0, replayed: 0 };
  const stopping = new AbortController();

  for (let cart = 0; cart < merchants + shoppers; cart++) {
    const cartId = await until(
      async () => (await whenUp()).openCart(),
      (opened) => typeof opened === 'string',
    );
    cartIds.push(cartId);
    tokens.set(cartId, false);
    log.push({ op: 'open', cartId, outcome: { status: 'done', version: 1 } });
  }

  const attempt = async (operation: Operation, call: (api: Client) => Promise<Answer>): Promise<Outcome> => {
    const api = await whenUp();
    const outcome = await call(api).then(
      ({ status, body }): Outcome => {
        if (status === 500) scandals.push(`${operation.op} was answered 500: ${JSON.stringify(body)}`);
        if (status >= 500) return { status: 'unknown' };
        return status < 300 ? { status: 'done', version: Number(body['version']) } : { status: 'refused' };
      },
      (): Outcome => ({ status: 'unknown' }),
    );
    log.push({ ...operation, outcome });
    return outcome;
  };

  const add = (cartId: string, productId: string, qty: number) =>
    attempt({ op: 'add', cartId, productId, qty }, (api) =>
      api.call('POST', `/carts/${cartId}/items`, { body: { productId, qty } }),
    );
  const set = (cartId: string, productId: string, qty: number) =>
    attempt({ op: 'set', cartId, productId, qty }, (api) =>
      qty === 0 && random(0, 1) === 0
        ? api.call('DELETE', `/carts/${cartId}/items/${productId}`)
        : api.call('PUT', `/carts/${cartId}/items/${productId}`, { body: { qty } }),
    );
  const pick = <T>(from: readonly T[]): T => {
    const picked = from[random(0, from.length - 1)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  };

  /** Creates a product and puts one unit into the merchant's cart, where it shows which state Cart knows of. */
  const create = async (cartId: string, inventory: number): Promise<string | undefined> => {
    const body = {
      productId: randomUUID(),
      name: 'Thing',
      price: random(1, 9_999),
      currency: 'EUR',
      inventory,
    };
    const { productId, price } = body;
    const created = await attempt({ op: 'create', productId, price, inventory }, (api) =>
      api.call('POST', '/products', { body }),
    );
    const end = performance.now() + patienceMs;
    while (created.status === 'done' && (await set(cartId, productId, 1)).status !== 'done') {
      if (performance.now() > end) throw new Error(`Cart never learned of ${productId}`);
      await delay(10);
    }
    productIds.push(productId);
    return created.status === 'done' ? productId : undefined;
  };

  const shop = async (cartId: string) => {
    while (!stopping.signal.aborted) {
      const dice = random(1, 10);
      if (dice <= 5) {
        const units = Array.from({ length: random(1, 3) }, () => random(1, 3));
        const productId = pick(productIds);
        await Promise.all(units.map(async (qty) => add(cartId, productId, qty)));
      } else await set(cartId, pick(productIds), dice <= 8 ? random(1, 6) : 0);
    }
  };

  /** Half of the products are scarce. Of the others the stock moves by hundreds, so that a lost reservation shows. */
  const sell = async (cartId: string) => {
    const own: { productId: string; unit: number }[] = [];
    while (!stopping.signal.aborted) {
      const dice = random(1, 10);
      if (own.length < 2 || (dice === 10 && own.length < PRODUCTS_A_MERCHANT)) {
        const scarce = own.length % 2 === 1;
        const productId = await create(cartId, scarce ? 12 : 400);
        if (productId) own.push({ productId, unit: scarce ? 1 : 100 });
      } else if (dice <= 5) {
        const { productId } = pick(own);
        const price = random(1, 9_999);
        await attempt({ op: 'price', productId, price }, (api) =>
          api.call('PATCH', `/products/${productId}`, { body: { price } }),
        );
      } else {
        const { productId, unit } = pick(own);
        const delta = unit * pick([-2, -1, 1, 2]);
        await attempt({ op: 'stock', productId, delta }, (api) =>
          api.call('POST', `/products/${productId}/stock`, { body: { delta } }),
        );
      }
    }
  };

  const selling = Promise.all(cartIds.slice(0, merchants).map(sell));
  selling.catch(() => undefined);
  await until(
    () => productIds.length,
    (known) => known > 0,
  );
  const { signal } = stopping;
  const onOpened = (cartId: string, token: string | false) => void tokens.set(cartId, token);
  const trips = Array.from({ length: buyers }, (_, i) =>
    goShopping(`user-${i}`, {
      whenUp,
      random,
      productIds,
      signal,
      onOpened,
      log,
      repeats,
      scandals,
      patienceMs,
    }),
  );
  const working = Promise.all([selling, ...trips, ...cartIds.slice(merchants).map(shop)]);
  working.catch(() => undefined);
  return {
    log,
    scandals,
    productIds,
    tokens,
    repeats,
    async stop() {
      stopping.abort();
      await working;
    },
  };
}
