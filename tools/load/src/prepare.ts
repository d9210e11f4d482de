import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';
import {
  type ApiRequest,
  type ApiResponse,
  readResponse,
  rejectedResponse,
  requestUntil,
} from '@tandem/cli/api-client';
import { mintToken } from '@tandem/emulators/issuer';
import { type Prepared, type PreparedCart, productOf } from './plan.ts';
import type { Rates } from './rates.ts';

const PRODUCTS = 1_000;
/** Every fifth product is one whose price and stock change. */
const CHANGING_INTERVAL = 5;
const CONCURRENCY = 16;
/** Deadline for Cart to receive the catalog, and for Product to confirm the carts. */
const DEADLINE_MS = 120_000;
/** Before an import is sent again, where the response names no delay. */
const RETRY_MS = 1_000;
const USERS = 50;
/** Longer than the longest run, a day. */
const TOKEN_SECONDS = 25 * 60 * 60;

export interface Tokens {
  /** With the scope `products:write`. */
  readonly catalog: string;
  readonly users: readonly string[];
}

type Counts = Readonly<Record<keyof Prepared['carts'], number>>;

/** Tokens of this checkout's issuer, which local systems trust. */
export async function localTokens(): Promise<Tokens> {
  const mint = (subject: string, scopes: readonly string[]) =>
    mintToken({ subject, scopes, lifetimeSeconds: TOKEN_SECONDS });
  return {
    catalog: await mint('load', ['products:write']),
    users: await Promise.all(Array.from({ length: USERS }, (_, i) => mint(`load-user-${i}`, []))),
  };
}

/** Number of carts of each kind that a run needs, with a margin for random variation of those that are used once. */
export function cartsFor(rates: Rates, seconds: number): Counts {
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
  { catalog, users }: Tokens,
  counts: Counts,
  products = PRODUCTS,
): Promise<Prepared> {
  const runId = randomUUID().slice(0, 8);
  const ids = Array.from({ length: products }, (_, i) => `load-${runId}-${i}`);
  const changing = ids.filter((_, i) => i % CHANGING_INTERVAL === 0);
  const steady = ids.filter((_, i) => i % CHANGING_INTERVAL !== 0);
  await importProducts(url, catalog, ids);

  const makeCart = async (from: readonly string[], index: number, lines: number, token?: string) => {
    const { body } = await request(url, { method: 'POST', path: '/carts' }, token);
    const cartId = String(body['cartId']);
    const added: Record<string, number> = {};
    for (let line = 0; line < lines; line++) {
      const productId = from[(index * 7919 + line * 104_729) % from.length] as string;
      added[productId] = (added[productId] ?? 0) + 1;
      // Retried until Cart has received the product.
      const path = `/carts/${cartId}/items`;
      await request(url, { method: 'POST', path, body: { productId, qty: 1 } }, token);
    }
    return { cartId, ...(token !== undefined && { token }), lines: added } satisfies PreparedCart;
  };
  const userOf = (i: number) => users[i % users.length];
  /** A quarter of the carts are users', the others are guests'. */
  const ownerOf = (i: number) => (i % 4 === 0 ? userOf(i / 4) : undefined);
  const carts = {
    browsed: await repeat(counts.browsed, (i) => makeCart(ids, i, 1 + (i % 3), ownerOf(i))),
    bought: await repeat(counts.bought, (i) => makeCart(steady, i, 1 + (i % 3), ownerOf(i))),
    merged: await repeat(
      counts.merged,
      async (i) => [await makeCart(steady, i, 1, userOf(i)), await makeCart(steady, i + 1, 1)] as const,
    ),
    repriced: await repeat(counts.repriced, (i) => makeCart(changing, i, 1, ownerOf(i))),
  };
  const repriced = [...new Set(carts.repriced.flatMap(({ lines }) => Object.keys(lines)))];
  await repeat(repriced.length, (i) =>
    request(url, { method: 'PATCH', path: `/products/${repriced[i]}`, body: { price: 50 } }, catalog),
  );
  // Once the stock of the last cart is confirmed, all earlier events have arrived.
  const last = await makeCart(steady, 0, 1);
  await request(url, { method: 'POST', path: `/carts/${last.cartId}/checkout` });
  return { runId, catalogToken: catalog, userTokens: users, steady, changing, carts };
}

/** Deletes the products of a run from a target system. Carts expire. */
export async function cleanUp(url: string, { catalogToken, steady, changing }: Prepared): Promise<void> {
  const ids = [...steady, ...changing];
  await repeat(ids.length, (i) =>
    request(url, { method: 'DELETE', path: `/products/${ids[i]}` }, catalogToken),
  );
}

/** Sends a request until it succeeds; a product that is already gone counts as deleted. */
export async function request(url: string, call: ApiRequest, token?: string): Promise<ApiResponse> {
  const isDone = ({ status }: ApiResponse) => status < 300 || (call.method === 'DELETE' && status === 404);
  const outcome = await requestUntil(url, call, isDone, { token, deadlineMs: DEADLINE_MS });
  if ('response' in outcome) return outcome.response;
  throw new DomainError('unavailable', 'not-prepared', `${call.method} ${call.path}: ${outcome.reason}`);
}

/** Imports products; where the table is too busy for all of them, again, which changes nothing about those that are there. */
async function importProducts(url: string, token: string, ids: readonly string[]): Promise<void> {
  const body = ids
    .map((productId, i) => `${JSON.stringify({ productId, ...productOf(productId, 100 + i) })}\n`)
    .join('');
  const send = async () =>
    readResponse(
      await fetch(`${url}/products/import`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
        body,
      }),
    );
  const end = performance.now() + DEADLINE_MS;
  let result = await send();
  while (result.status === 503 && performance.now() < end) {
    await delay(result.retryAfterMs ?? RETRY_MS);
    result = await send();
  }
  const rejected = result.body['rejected'] as readonly unknown[] | undefined;
  if (rejected?.length !== 0) throw rejectedResponse(url, result);
}

/** Calls `make` with 0, 1, 2 and so on, with limited concurrency; resolves to the results in order. */
export async function repeat<T>(
  count: number,
  make: (index: number) => Promise<T>,
  concurrency = CONCURRENCY,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const work = async () => {
    for (let i = next++; i < count; i = next++) results[i] = await make(i);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, work));
  return results;
}
