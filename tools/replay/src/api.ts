import { DomainError } from '@tandem/chassis/errors';
import { z } from 'zod';
import { type ApiResponse, rejectedResponse } from '@tandem/cli/api-client';
import { chunksOf } from '@tandem/cli/batches';
import { connect, isBusy } from '@tandem/cli/connect';

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

const IDS_PER_CALL = 100;
/** Deadline of retries: longer than a new product takes to reach Cart. */
const DEADLINE_MS = 30_000;

/** Client of the public API of a running system. Calls reject with a DomainError when they fail. */
export type Api = ReturnType<typeof createApi>;

/**
 * Creates a client of the API at `url`. Requests are retried for 30 s, after Retry-After where the response is 503 or 429, and
 * after a short delay where the connection failed. An Idempotency-Key deduplicates retried POSTs. `onPost` is called with the
 * status of each response to a POST.
 */
export function createApi(url: string, onPost: (status: number) => void) {
  const call = connect(url, {
    deadlineMs: DEADLINE_MS,
    onResponse({ method }, { status }) {
      if (method === 'POST') onPost(status);
    },
  });

  const read = <T>(response: ApiResponse, status: number, shape: z.ZodType<T>): T => {
    if (response.status !== status) throw rejectedResponse(url, response);
    const parsed = shape.safeParse(response.body);
    if (parsed.success) return parsed.data;
    const message = `${url} sent an unexpected response: check that it is a Tandem system`;
    throw new DomainError('unavailable', 'unknown-answer', message);
  };

  return {
    /** Opens a guest's cart. */
    openCart: async () => read(await call({ method: 'POST', path: '/carts', body: {} }), 201, cart),
    /** Adds an existing product; resolves to the status of the last response. */
    async add(cartId: string, productId: string, qty: number): Promise<number> {
      const request = { method: 'POST', path: `/carts/${cartId}/items`, body: { productId, qty } } as const;
      return (await call(request, (response) => response.status === 404 || isBusy(response))).status;
    },
    readCart: async (cartId: string) =>
      read(await call({ method: 'GET', path: `/carts/${cartId}` }), 200, cart),
    /** Fetches the stock of products; those that do not exist are absent. */
    async readStock(productIds: readonly string[]): Promise<ReadonlyMap<string, ReplayedStock>> {
      const found = new Map<string, ReplayedStock>();
      for (const ids of chunksOf(productIds, IDS_PER_CALL)) {
        const response = await call({ method: 'GET', path: `/products?ids=${ids.join(',')}` });
        for (const { productId, onHand, held } of read(response, 200, stock).items)
          found.set(productId, { onHand, held });
      }
      return found;
    },
  };
}
