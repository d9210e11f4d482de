import { setTimeout as delay } from 'node:timers/promises';
import { type ApiRequest, type ApiResponse, describe, send } from '@tandem/cli/api-client';

export interface ProbeOptions {
  /** Time within which each request has to succeed; default: 10 s. */
  readonly deadlineMs?: number;
  /** Pause before a request is repeated; default: 1 s. */
  readonly pauseMs?: number;
}

const REQUEST_TIMEOUT_MS = 5_000;

/**
 * Does what a shopper does who buys nothing, through the public URL: lists the catalog, looks at its first product, opens a guest's
 * cart, which is not stored while it is empty (054), and looks at it. Nothing is written: neither stock, events nor figures change.
 * Rejects with the request that fails for the whole deadline.
 */
export async function probe(
  url: string,
  { deadlineMs = 10_000, pauseMs = 1_000 }: ProbeOptions = {},
): Promise<void> {
  const request = async (call: ApiRequest, isExpected: (response: ApiResponse) => boolean) => {
    const end = performance.now() + deadlineMs;
    for (;;) {
      // Without an idempotency key, with which the response would be stored.
      const result = await send(url, call, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
      if ('response' in result && isExpected(result.response)) return result.response.body;
      if (performance.now() + pauseMs > end)
        throw new Error(
          `${call.method} ${call.path}: ${'response' in result ? describe(result.response) : result.reason}`,
        );
      await delay(pauseMs);
    }
  };

  const { items } = await request(
    { method: 'GET', path: '/products?limit=1' },
    ({ status, body }) => status === 200 && Array.isArray(body['items']),
  );
  const [product] = items as readonly { readonly productId: string }[];
  if (product)
    await request(
      { method: 'GET', path: `/products/${encodeURIComponent(product.productId)}` },
      // Of a product that was deleted since.
      ({ status }) => status === 200 || status === 404,
    );
  const { cartId } = await request(
    { method: 'POST', path: '/carts' },
    ({ status, body }) => status === 201 && typeof body['cartId'] === 'string',
  );
  await request(
    { method: 'GET', path: `/carts/${String(cartId)}` },
    ({ status, body }) => status === 200 && body['cartId'] === cartId,
  );
}
