import type { Answer, client } from '../support/http.ts';
import { until } from '../support/until.ts';
import { createMerchant } from './merchant.ts';
import type { Random } from './random.ts';
import type { Entry, Operation, Outcome } from './record.ts';
import { goShopping, type Repeats } from './trips.ts';

type Client = ReturnType<typeof client>;

export interface LoadOptions {
  /** The system's client; pending while the system is down. */
  readonly whenUp: () => Promise<Client>;
  readonly random: Random;
  readonly shoppers: number;
  readonly merchants: number;
  /** Users who merge a guest's cart with their own and buy. */
  readonly buyers: number;
  /** How long a client waits for what must happen in the end before it gives up; default: 20 s. */
  readonly patienceMs?: number;
  /** How long a buyer sometimes leaves a cart alone before checking it out, so that its holds expire; default: never. */
  readonly idleMs?: number;
}

/** Requests a change, and keeps what the client was told of it. */
export type Attempt = (operation: Operation, call: (api: Client) => Promise<Answer>) => Promise<Outcome>;

/** Clients that change products and carts as fast as they are answered, and keep what they were told. */
export interface Load {
  readonly log: readonly Entry[];
  /** Responses that no client should ever get. */
  readonly unexpected: readonly string[];
  readonly productIds: readonly string[];
  readonly repeats: Readonly<Repeats>;
  /** The token that reads each cart, by its id; false for a guest's. */
  readonly tokens: ReadonlyMap<string, string | false>;
  /** Lets what is under way end. Rejects when a client could not go on. */
  stop(): Promise<void>;
}

/** Opens the carts, creates the first products, and keeps changing both until it is stopped. */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const { whenUp, random, shoppers, merchants, buyers, patienceMs = 20_000, idleMs } = options;
  const log: Entry[] = [];
  const unexpected: string[] = [];
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

  const attempt: Attempt = async (operation, call) => {
    const api = await whenUp();
    const outcome = await call(api).then(
      ({ status, body }): Outcome => {
        if (status === 500) unexpected.push(`${operation.op} got the response 500: ${JSON.stringify(body)}`);
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

  const shop = async (cartId: string) => {
    while (!stopping.signal.aborted) {
      const dice = random(1, 10);
      if (dice <= 5) {
        const units = Array.from({ length: random(1, 3) }, () => random(1, 3));
        const productId = pick(productIds);
        await Promise.all(units.map(async (qty) => add(cartId, productId, qty)));
      } else if (dice === 6) {
        await attempt({ op: 'hold', cartId }, (api) => api.call('POST', `/carts/${cartId}/hold`));
      } else await set(cartId, pick(productIds), dice <= 8 ? random(1, 6) : 0);
    }
  };

  const sell = createMerchant({
    attempt,
    set,
    random,
    pick,
    productIds,
    patienceMs,
    signal: stopping.signal,
  });
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
      unexpected,
      patienceMs,
      idleMs,
    }),
  );
  const working = Promise.all([selling, ...trips, ...cartIds.slice(merchants).map(shop)]);
  working.catch(() => undefined);
  return {
    log,
    unexpected,
    productIds,
    tokens,
    repeats,
    async stop() {
      stopping.abort();
      await working;
    },
  };
}
