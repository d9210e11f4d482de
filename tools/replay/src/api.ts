import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';
import { z } from 'zod';
import { parseOrNull, rejectedResponse, unreachable } from '@tandem/cli/target';

const cart = z.object({
  cartId: z.string(),
  items: z.array(
    z.object({ productId: z.string(), qty: z.int(), hold: z.enum(['held', 'pending', 'none']) }),
  ),
});
const stock = z.object({
  items: z.array(z.object({ productId: z.string(), onHand: z.int(), held: z.int() })),
});

/** Stock of a product in units. */
export interface ReplayedStock {
  readonly onHand: number;
  readonly held: number;
}

/** Cart, with the fields that the replay needs. */
export type ReplayedCart = z.output<typeof cart>;

/** Client of the public API of a running system. Calls reject with a DomainError when they fail. */
export interface Api {
  /** Opens a guest's cart. */
  openCart(): Promise<ReplayedCart>;
  /** Adds an existing product; resolves to the status of the last response. */
  add(cartId: string, productId: string, qty: number): Promise<number>;
  readCart(cartId: string): Promise<ReplayedCart>;
  /** Fetches the stock of products; those that do not exist are absent. */
  readStock(productIds: readonly string[]): Promise<ReadonlyMap<string, ReplayedStock>>;
}

const idsPerCall = 100;
const attemptMs = 10_000;
const retryDeadlineMs = 30_000;
/** Limit of the propagation delay of a new product to Cart. */
const maxLagMs = 10_000;
const pauseMs = 100;

/**
 * Creates a client of the API at `url`. Requests are retried for 30 s, after Retry-After where the response is 503 or 429, and
 * after a short delay where the connection failed. An Idempotency-Key deduplicates retried POSTs. `onPost` is called with the
 * status of each response to a POST.
 */
export function createApi(url: string, onPost: (status: number) => void): Api {
  let wasReached = false;

  const call = async (path: string, init: RequestInit): Promise<Response> => {
    const deadline = performance.now() + retryDeadlineMs;
    for (;;) {
      let waitMs = pauseMs;
      try {
        const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(attemptMs) });
        wasReached = true;
        if (init.method === 'POST') onPost(response.status);
        const isBusy = response.status === 503 || response.status === 429;
        if (!isBusy || performance.now() > deadline) return response;
        await response.body?.cancel();
        waitMs = retryAfterMs(response);
      } catch (error) {
        if (!wasReached || performance.now() > deadline) throw unreachable(url, error);
      }
      await delay(waitMs);
    }
  };

  const post = (path: string, body: unknown) =>
    call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify(body),
    });

  const read = async <T>(response: Response, status: number, shape: z.ZodType<T>): Promise<T> => {
    if (response.status !== status) throw await rejectedResponse(url, response);
    const parsed = shape.safeParse(parseOrNull(await response.text()));
    if (parsed.success) return parsed.data;
    throw new DomainError(
      'unavailable',
      'unknown-answer',
      `${url} sent an unexpected response: check that it is a Tandem system`,
    );
  };

  return {
    openCart: async () => read(await post('/carts', {}), 201, cart),
    async add(cartId, productId, qty) {
      const deadline = performance.now() + maxLagMs;
      for (;;) {
        const response = await post(`/carts/${cartId}/items`, { productId, qty });
        await response.body?.cancel();
        if (response.status !== 404 || performance.now() > deadline) return response.status;
        await delay(pauseMs);
      }
    },
    readCart: async (cartId) => read(await call(`/carts/${cartId}`, {}), 200, cart),
    async readStock(productIds) {
      const found = new Map<string, ReplayedStock>();
      for (let from = 0; from < productIds.length; from += idsPerCall) {
        const ids = productIds.slice(from, from + idsPerCall).join(',');
        const { items } = await read(await call(`/products?ids=${ids}`, {}), 200, stock);
        for (const { productId, onHand, held } of items) found.set(productId, { onHand, held });
      }
      return found;
    },
  };
}

function retryAfterMs(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.max(seconds * 1000, pauseMs) : 1000;
}
