import { setTimeout as delay } from 'node:timers/promises';
import { type ApiRequest, type ApiResponse, requestUntil } from '@tandem/cli/api-client';
import { type Prepared, productOf } from '../plan.ts';

/** Propagation of one write: from its acknowledgement by Product until Cart's API showed it. */
export interface Propagation {
  readonly atMs: number;
  /** Undefined if it did not show before the deadline. */
  readonly delayMs: number | undefined;
}

/** Deadline after which a write counts as lost. */
const DEADLINE_MS = 20_000;
const PAUSE_MS = 200;

/**
 * Creates a product and a cart with it; then, once started, repeatedly changes the price and polls the cart until it shows.
 * Polls grow apart by a quarter, so that a delay is overestimated by a quarter or 3 ms at most.
 */
export async function preparePropagationProbe(url: string, { runId, catalogToken }: Prepared) {
  const productId = `load-${runId}-probe`;
  const product = `/products/${productId}`;
  const call = async (request: ApiRequest, isExpected: (response: ApiResponse) => boolean) => {
    const token = request.path === product ? catalogToken : undefined;
    const outcome = await requestUntil(url, request, isExpected, { token, deadlineMs: DEADLINE_MS });
    return 'response' in outcome ? outcome.response : undefined;
  };
  const isDone = ({ status }: ApiResponse) => status < 300;
  await call({ method: 'PUT', path: product, body: productOf(productId, 1) }, isDone);
  const opened = await call({ method: 'POST', path: '/carts' }, isDone);
  const cart = `/carts/${String(opened?.body['cartId'])}`;
  const body = { productId, qty: 1 };
  if (!(await call({ method: 'POST', path: `${cart}/items`, body }, isDone)))
    throw new Error('Cart did not receive a new product before the deadline');

  const measure = async (price: number): Promise<number | undefined> => {
    if (!(await call({ method: 'PATCH', path: product, body: { price } }, isDone))) return undefined;
    const writtenAt = performance.now();
    const shown = await call({ method: 'GET', path: cart }, (response) => {
      const [line] = (response.body['items'] ?? []) as { readonly currentPrice: number }[];
      return line?.currentPrice === price;
    });
    return shown && performance.now() - writtenAt;
  };
  return {
    start(elapsedMs: () => number) {
      const writes: Propagation[] = [];
      const stopping = new AbortController();
      const probe = async () => {
        for (let price = 2; !stopping.signal.aborted; price++) {
          const atMs = elapsedMs();
          writes.push({ atMs, delayMs: await measure(price) });
          await delay(PAUSE_MS);
        }
        await call({ method: 'DELETE', path: cart }, isDone);
        await call({ method: 'DELETE', path: product }, isDone);
      };
      const probing = probe();
      return {
        writes: writes as readonly Propagation[],
        async stop(): Promise<void> {
          stopping.abort();
          await probing;
        },
      };
    },
  };
}
