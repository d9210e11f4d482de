import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';
import { z } from 'zod';
import { parseOrNull, refusal, unreachable } from '@tandem/cli/target';

const cart = z.object({
  cartId: z.string(),
  items: z.array(
    z.object({ productId: z.string(), qty: z.int(), hold: z.enum(['held', 'pending', 'none']) }),
  ),
});
const stock = z.object({
  items: z.array(z.object({ productId: z.string(), onHand: z.int(), held: z.int() })),
});

/** The stock of a product in units. */
export interface ReplayedStock {
  readonly onHand: number;
  readonly held: number;
}

/** A cart as far as it matters here. */
export type ReplayedCart = z.output<typeof cart>;

/** The public API of a running system, as the replay uses it. Calls reject with a DomainError when it fails them. */
export interface Api {
  /** Opens a guest's cart. */
  openCart(): Promise<ReplayedCart>;
  /** Adds a product that exists; resolves to the status of the last answer. */
  add(cartId: string, productId: string, qty: number): Promise<number>;
  readCart(cartId: string): Promise<ReplayedCart>;
  /** The stock of those of the products that exist. */
  readStock(productIds: readonly string[]): Promise<ReadonlyMap<string, ReplayedStock>>;
}

const idsPerCall = 100;
const attemptMs = 10_000;
const patienceMs = 30_000;
/** How long Cart may take to hear of a product that Product has. */
const longestLagMs = 10_000;
const pauseMs = 100;

/**
 * The API at `url`. For 30 s a call that answers 503 or 429 is repeated after its Retry-After, and one whose
 * connection broke after a moment; an Idempotency-Key keeps repeated POSTs from counting twice. `onPost` is told the
 * status of every answer to a POST.
 */
export function createApi(url: string, onPost: (status: number) => void): Api {
  let reached = false;

  const call = async (path: string, init: RequestInit): Promise<Response> => {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      let waitMs = pauseMs;
      try {
        const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(attemptMs) });
        reached = true;
        if (init.method === 'POST') onPost(response.status);
        const busy = response.status === 503 || response.status === 429;
        if (!busy || performance.now() > deadline) return response;
        await response.body?.cancel();
        waitMs = retryAfterMs(response);
      } catch (error) {
        if (!reached || performance.now() > deadline) throw unreachable(url, error);
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
    if (response.status !== status) throw await refusal(url, response);
    const parsed = shape.safeParse(parseOrNull(await response.text()));
    if (parsed.success) return parsed.data;
    throw new DomainError('unavailable', 'unknown-answer', `what answers at ${url} is no such system`);
  };

  return {
    openCart: async () => read(await post('/carts', {}), 201, cart),
    async add(cartId, productId, qty) {
      const deadline = performance.now() + longestLagMs;
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
