import type { ApiResponse, Client } from '../http.ts';
import { until } from '../until.ts';
import { createMerchant } from './merchant.ts';
import type { Random } from '../random.ts';
import type { Entry, Operation, Outcome } from './operation-log.ts';
import { runUserSessions, type Repeats } from './user-sessions.ts';

/** Options of a workload: its clients, and how long they retry. */
export interface WorkloadOptions {
  /** Resolves to the client once the system is up. */
  readonly whenUp: () => Promise<Client>;
  readonly random: Random;
  readonly shoppers: number;
  readonly merchants: number;
  /** Number of users who merge a guest's cart with their own and check out. */
  readonly buyers: number;
  /** Deadline of a client's retries; default: 20 s. */
  readonly retryTimeoutMs?: number;
  /** Occasional idle time of a cart before its checkout, so that its holds expire; default: none. */
  readonly idleMs?: number;
}

/** Requests a change, and logs its outcome. */
export type Attempt = (operation: Operation, call: (api: Client) => Promise<ApiResponse>) => Promise<Outcome>;

/** Running workload: clients that change products and carts without pauses, with a log of the outcomes. */
export interface Workload {
  readonly log: readonly Entry[];
  /** Responses that must never occur. */
  readonly unexpected: readonly string[];
  readonly productIds: readonly string[];
  readonly repeats: Readonly<Repeats>;
  /** Token that reads each cart, by cart id; false for a guest's. */
  readonly tokens: ReadonlyMap<string, string | false>;
  /** Stops after the requests in flight. Rejects when a client failed. */
  stop(): Promise<void>;
}

/** Opens carts, creates the first products, and changes both until it is stopped. */
export async function startWorkload(options: WorkloadOptions): Promise<Workload> {
  const { whenUp, random, shoppers, merchants, buyers, retryTimeoutMs = 20_000, idleMs } = options;
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
        return status < 300 ? { status: 'done', version: Number(body['version']) } : { status: 'rejected' };
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
    retryTimeoutMs,
    signal: stopping.signal,
  });
  const selling = Promise.all(cartIds.slice(0, merchants).map(sell));
  selling.catch(() => undefined);
  await until(
    () => productIds.length,
    (count) => count > 0,
  );
  const { signal } = stopping;
  const onOpened = (cartId: string, token: string | false) => void tokens.set(cartId, token);
  const sessions = Array.from({ length: buyers }, (_, i) =>
    runUserSessions(`user-${i}`, {
      whenUp,
      random,
      productIds,
      signal,
      onOpened,
      log,
      repeats,
      unexpected,
      retryTimeoutMs,
      idleMs,
    }),
  );
  const working = Promise.all([selling, ...sessions, ...cartIds.slice(merchants).map(shop)]);
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
