import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';
import { Pool } from 'undici';
import { type Prepared, type PreparedCart, productOf } from './plan.ts';
import type { Rates } from './rates.ts';

export const PRODUCTS = 1_000;
/** Every fifth product is one whose price and stock are changed. */
const CHANGING_EACH = 5;
/** How long Cart may take to know the catalog, and Product to confirm what is in the carts. */
const PATIENCE_MS = 120_000;

export interface Tokens {
  /** With the scope `products:write`. */
  readonly catalog: string;
  readonly users: readonly string[];
}

/** How many carts of each kind a run takes: what is used once, with room for chance. */
export function cartsFor(rates: Rates, seconds: number): Record<keyof Prepared['carts'], number> {
  const times = (perSecond: number) => {
    const mean = perSecond * seconds;
    return Math.ceil(mean + 4 * Math.sqrt(mean)) + 1;
  };
  return {
    // As many as are opened meanwhile, so that each gets about two lines more.
    browsed: Math.max(50, Math.ceil(rates['open a cart'] * seconds)),
    bought: times(rates['check out']),
    merged: times(rates['merge carts']),
    repriced: times(rates['accept a price']),
  };
}

/** Fills a system with what a plan stands on; resolves when everything is known and confirmed. */
export async function prepare(
  url: string,
  tokens: Tokens,
  counts: Record<keyof Prepared['carts'], number>,
  { products = PRODUCTS, concurrency = 16 } = {},
): Promise<Prepared> {
  const runId = randomUUID().slice(0, 8);
  const pool = new Pool(url, { connections: concurrency });
  const ask = createAsk(pool);
  try {
    const ids = Array.from({ length: products }, (_, i) => `load-${runId}-${i}`);
    await importProducts(ask, tokens.catalog, ids);
    const changing = ids.filter((_, i) => i % CHANGING_EACH === 0);
    const steady = ids.filter((_, i) => i % CHANGING_EACH !== 0);

    const make = async (
      products: readonly string[],
      index: number,
      lines: number,
      token?: string,
    ): Promise<PreparedCart> => {
      const bearer = token === undefined ? {} : { token };
      const { cartId } = await ask<{ cartId: string }>('POST', '/carts', { ...bearer, done: [201] });
      const kept: Record<string, number> = {};
      for (let line = 0; line < lines; line++) {
        const productId = products[(index * 7919 + line * 104_729) % products.length] as string;
        kept[productId] = (kept[productId] ?? 0) + 1;
        // Cart may not know the product yet.
        const again = [404, 409, 503];
        await ask('POST', `/carts/${cartId}/items`, {
          ...bearer,
          body: { productId, qty: 1 },
          again,
          done: [200],
        });
      }
      return { cartId, ...bearer, lines: kept };
    };
    const userOf = (i: number) => tokens.users[i % tokens.users.length];
    const someUserOf = (i: number) => (i % 4 === 0 ? userOf(i / 4) : undefined);
    const carts = {
      browsed: await many(counts.browsed, concurrency, (i) => make(ids, i, 1 + (i % 3), someUserOf(i))),
      bought: await many(counts.bought, concurrency, (i) => make(steady, i, 1 + (i % 3), someUserOf(i))),
      merged: await many(counts.merged, concurrency, async (i) => {
        return [await make(steady, i, 1, userOf(i)), await make(steady, i + 1, 1)] as const;
      }),
      repriced: await many(counts.repriced, concurrency, (i) => make(changing, i, 1, someUserOf(i))),
    };
    const repriced = new Set(carts.repriced.flatMap(({ lines }) => Object.keys(lines)));
    await many(repriced.size, concurrency, async (i) => {
      const body = { price: 50 };
      const token = tokens.catalog;
      await ask('PATCH', `/products/${[...repriced][i]}`, { body, token, again: [503], done: [200] });
    });
    // Whatever was told before it has arrived once the stock of the last cart is confirmed.
    const last = await make(steady, 0, 1);
    await ask('POST', `/carts/${last.cartId}/checkout`, { again: [503], done: [200] });
    return { runId, catalogToken: tokens.catalog, userTokens: tokens.users, steady, changing, carts };
  } finally {
    await pool.close();
  }
}

/** Deletes the products of a run from a system that is not the load's own. Carts expire by themselves. */
export async function cleanUp(url: string, { catalogToken: token, steady, changing }: Prepared) {
  const pool = new Pool(url, { connections: 8 });
  const ask = createAsk(pool);
  const ids = [...steady, ...changing];
  await many(ids.length, 8, (i) =>
    ask('DELETE', `/products/${ids[i]}`, { token, again: [429, 503], done: [204, 404] }),
  );
  await pool.close();
}

async function importProducts(ask: Ask, token: string, ids: readonly string[]): Promise<void> {
  const lines = ids.map((productId, i) => JSON.stringify({ productId, ...productOf(productId, 100 + i) }));
  for (let from = 0; from < lines.length; from += 1_000) {
    const text = `${lines.slice(from, from + 1_000).join('\n')}\n`;
    const result = await ask<{ rejected: readonly unknown[] }>('POST', '/products/import', {
      text,
      token,
      done: [200],
    });
    if (result.rejected.length > 0) throw refused('/products/import', 200, JSON.stringify(result.rejected));
  }
}

interface Asked {
  readonly token?: string;
  readonly body?: object;
  /** Newline-delimited JSON. */
  readonly text?: string;
  /** Statuses after which the call is repeated, until it has taken too long. */
  readonly again?: readonly number[];
  readonly done: readonly number[];
}

type Ask = <B>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, asked: Asked) => Promise<B>;

function createAsk(pool: Pool): Ask {
  return async <B>(method: Parameters<Ask>[0], path: string, { token, body, text, again, done }: Asked) => {
    const end = performance.now() + PATIENCE_MS;
    const type = text === undefined ? 'application/json' : 'application/x-ndjson';
    const sent = text ?? (body && JSON.stringify(body));
    for (let pauseMs = 10; ; pauseMs = Math.min(2 * pauseMs, 500)) {
      const answer = await pool.request({
        method,
        path,
        headers: {
          ...(sent !== undefined && { 'content-type': type }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: sent ?? null,
        headersTimeout: PATIENCE_MS,
      });
      const said = await answer.body.text();
      if (done.includes(answer.statusCode)) return (said === '' ? {} : JSON.parse(said)) as B;
      if (!again?.includes(answer.statusCode) || performance.now() > end)
        throw refused(`${method} ${path}`, answer.statusCode, said);
      await delay(pauseMs);
    }
  };
}

function refused(what: string, status: number, said: string): DomainError {
  return new DomainError('unavailable', 'not-prepared', `${what} was answered ${status}: ${said}`);
}

/** Does something so many times, so many at once; resolves to the results in their order. */
async function many<T>(
  count: number,
  concurrency: number,
  make: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const work = async () => {
    for (let i = next++; i < count; i = next++) results[i] = await make(i);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, work));
  return results;
}
