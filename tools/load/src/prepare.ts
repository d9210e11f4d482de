import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';
import { Pool } from 'undici';
import { type Prepared, type PreparedCart, productOf } from './plan.ts';
import type { Rates } from './rates.ts';

export const PRODUCTS = 1_000;
/** Every fifth product is one whose price and stock change. */
const CHANGING_INTERVAL = 5;
/** Deadline for Cart to receive the catalog, and for Product to confirm the carts. */
const DEADLINE_MS = 120_000;

export interface Tokens {
  /** With the scope `products:write`. */
  readonly catalog: string;
  readonly users: readonly string[];
}

/** Number of carts of each kind that a run needs, with a margin for random variation of those that are used once. */
export function cartsFor(rates: Rates, seconds: number): Record<keyof Prepared['carts'], number> {
  const times = (perSecond: number) => {
    const mean = perSecond * seconds;
    return Math.ceil(mean + 4 * Math.sqrt(mean)) + 1;
  };
  return {
    // As many as are opened during the run, so that each gets about two more lines.
    browsed: Math.max(50, Math.ceil(rates['open a cart'] * seconds)),
    bought: times(rates['check out']),
    merged: times(rates['merge carts']),
    repriced: times(rates['accept a price']),
  };
}

/** Creates the data of a plan; resolves once both services have it and all holds are confirmed. */
export async function prepare(
  url: string,
  tokens: Tokens,
  counts: Record<keyof Prepared['carts'], number>,
  { products = PRODUCTS, concurrency = 16 } = {},
): Promise<Prepared> {
  const runId = randomUUID().slice(0, 8);
  const pool = new Pool(url, { connections: concurrency });
  const request = createRequester(pool);
  try {
    const ids = Array.from({ length: products }, (_, i) => `load-${runId}-${i}`);
    await importProducts(request, tokens.catalog, ids);
    const changing = ids.filter((_, i) => i % CHANGING_INTERVAL === 0);
    const steady = ids.filter((_, i) => i % CHANGING_INTERVAL !== 0);

    const make = async (
      products: readonly string[],
      index: number,
      lines: number,
      token?: string,
    ): Promise<PreparedCart> => {
      const bearer = token === undefined ? {} : { token };
      const { cartId } = await request<{ cartId: string }>('POST', '/carts', { ...bearer, expect: [201] });
      const added: Record<string, number> = {};
      for (let line = 0; line < lines; line++) {
        const productId = products[(index * 7919 + line * 104_729) % products.length] as string;
        added[productId] = (added[productId] ?? 0) + 1;
        // Cart may not have received the product yet.
        const retryOn = [404, 409, 503];
        await request('POST', `/carts/${cartId}/items`, {
          ...bearer,
          body: { productId, qty: 1 },
          retryOn,
          expect: [200],
        });
      }
      return { cartId, ...bearer, lines: added };
    };
    const userOf = (i: number) => tokens.users[i % tokens.users.length];
    const sometimesUserOf = (i: number) => (i % 4 === 0 ? userOf(i / 4) : undefined);
    const carts = {
      browsed: await repeat(counts.browsed, concurrency, (i) =>
        make(ids, i, 1 + (i % 3), sometimesUserOf(i)),
      ),
      bought: await repeat(counts.bought, concurrency, (i) =>
        make(steady, i, 1 + (i % 3), sometimesUserOf(i)),
      ),
      merged: await repeat(counts.merged, concurrency, async (i) => {
        return [await make(steady, i, 1, userOf(i)), await make(steady, i + 1, 1)] as const;
      }),
      repriced: await repeat(counts.repriced, concurrency, (i) => make(changing, i, 1, sometimesUserOf(i))),
    };
    const repriced = new Set(carts.repriced.flatMap(({ lines }) => Object.keys(lines)));
    await repeat(repriced.size, concurrency, async (i) => {
      const body = { price: 50 };
      const token = tokens.catalog;
      await request('PATCH', `/products/${[...repriced][i]}`, { body, token, retryOn: [503], expect: [200] });
    });
    // Once the stock of the last cart is confirmed, all earlier events have arrived.
    const last = await make(steady, 0, 1);
    await request('POST', `/carts/${last.cartId}/checkout`, { retryOn: [503], expect: [200] });
    return { runId, catalogToken: tokens.catalog, userTokens: tokens.users, steady, changing, carts };
  } finally {
    await pool.close();
  }
}

/** Deletes the products of a run from a target system. Carts expire. */
export async function cleanUp(url: string, { catalogToken: token, steady, changing }: Prepared) {
  const pool = new Pool(url, { connections: 8 });
  const request = createRequester(pool);
  const ids = [...steady, ...changing];
  await repeat(ids.length, 8, (i) =>
    request('DELETE', `/products/${ids[i]}`, { token, retryOn: [429, 503], expect: [204, 404] }),
  );
  await pool.close();
}

async function importProducts(request: Requester, token: string, ids: readonly string[]): Promise<void> {
  const lines = ids.map((productId, i) => JSON.stringify({ productId, ...productOf(productId, 100 + i) }));
  for (let from = 0; from < lines.length; from += 1_000) {
    const text = `${lines.slice(from, from + 1_000).join('\n')}\n`;
    const result = await request<{ rejected: readonly unknown[] }>('POST', '/products/import', {
      text,
      token,
      expect: [200],
    });
    if (result.rejected.length > 0)
      throw unexpectedResponse('/products/import', 200, JSON.stringify(result.rejected));
  }
}

interface RequestOptions {
  readonly token?: string;
  readonly body?: object;
  /** Newline-delimited JSON. */
  readonly text?: string;
  /** Statuses that are retried until the deadline. */
  readonly retryOn?: readonly number[];
  readonly expect: readonly number[];
}

type Requester = <B>(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  asked: RequestOptions,
) => Promise<B>;

function createRequester(pool: Pool): Requester {
  return async <B>(
    method: Parameters<Requester>[0],
    path: string,
    { token, body, text, retryOn, expect }: RequestOptions,
  ) => {
    const end = performance.now() + DEADLINE_MS;
    const type = text === undefined ? 'application/json' : 'application/x-ndjson';
    const sent = text ?? (body && JSON.stringify(body));
    for (let pauseMs = 10; ; pauseMs = Math.min(2 * pauseMs, 500)) {
      const response = await pool.request({
        method,
        path,
        headers: {
          ...(sent !== undefined && { 'content-type': type }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: sent ?? null,
        headersTimeout: DEADLINE_MS,
      });
      const responseText = await response.body.text();
      if (expect.includes(response.statusCode))
        return (responseText === '' ? {} : JSON.parse(responseText)) as B;
      if (!retryOn?.includes(response.statusCode) || performance.now() > end)
        throw unexpectedResponse(`${method} ${path}`, response.statusCode, responseText);
      await delay(pauseMs);
    }
  };
}

function unexpectedResponse(request: string, status: number, text: string): DomainError {
  return new DomainError('unavailable', 'not-prepared', `${request} returned ${status}: ${text}`);
}

/** Runs `make` `count` times with limited concurrency; resolves to the results in order. */
async function repeat<T>(
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
