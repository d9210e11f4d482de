import { DomainError } from '@tandem/chassis/errors';
import { z } from 'zod';
import {
  type ApiRequest,
  type ApiResponse,
  rejectedResponse,
  requestUntil,
  unreachable,
} from '@tandem/cli/api-client';

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

const IDS_PER_CALL = 100;
/** Deadline of retries: longer than a new product takes to reach Cart. */
const DEADLINE_MS = 30_000;

/**
 * Creates a client of the API at `url`. Requests are retried for 30 s, after Retry-After where the response is 503 or 429, and
 * after a short delay where the connection failed. An Idempotency-Key deduplicates retried POSTs. `onPost` is called with the
 * status of each response to a POST.
 */
export function createApi(url: string, onPost: (status: number) => void): Api {
  let wasReached = false;

  const call = async (
    request: ApiRequest,
    isRetried: (status: number) => boolean = isBusy,
  ): Promise<ApiResponse> => {
    let last: ApiResponse | undefined;
    const outcome = await requestUntil(url, request, ({ status }) => !isRetried(status), {
      deadlineMs: DEADLINE_MS,
      onAttempt(result) {
        if (!('response' in result)) {
          if (!wasReached) throw unreachable(url, result.cause);
          return;
        }
        wasReached = true;
        last = result.response;
        if (request.method === 'POST') onPost(last.status);
      },
    });
    if ('response' in outcome) return outcome.response;
    if (!last || outcome.cause !== undefined) throw unreachable(url, outcome.cause);
    return last;
  };

  const read = <T>(response: ApiResponse, status: number, shape: z.ZodType<T>): T => {
    if (response.status !== status) throw rejectedResponse(url, response);
    const parsed = shape.safeParse(response.body);
    if (parsed.success) return parsed.data;
    throw new DomainError(
      'unavailable',
      'unknown-answer',
      `${url} sent an unexpected response: check that it is a Tandem system`,
    );
  };

  return {
    openCart: async () => read(await call({ method: 'POST', path: '/carts', body: {} }), 201, cart),
    async add(cartId, productId, qty) {
      const request = { method: 'POST', path: `/carts/${cartId}/items`, body: { productId, qty } } as const;
      const { status } = await call(request, (status) => status === 404 || isBusy(status));
      return status;
    },
    readCart: async (cartId) => read(await call({ method: 'GET', path: `/carts/${cartId}` }), 200, cart),
    async readStock(productIds) {
      const found = new Map<string, ReplayedStock>();
      for (let from = 0; from < productIds.length; from += IDS_PER_CALL) {
        const ids = productIds.slice(from, from + IDS_PER_CALL).join(',');
        const response = await call({ method: 'GET', path: `/products?ids=${ids}` });
        for (const { productId, onHand, held } of read(response, 200, stock).items)
          found.set(productId, { onHand, held });
      }
      return found;
    },
  };
}

function isBusy(status: number): boolean {
  return status === 503 || status === 429;
}
