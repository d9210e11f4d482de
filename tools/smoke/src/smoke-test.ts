import { randomUUID } from 'node:crypto';
import { DomainError } from '@tandem/chassis/errors';
import { type ApiResponse, type ApiRequest, requestUntil } from '@tandem/cli/api-client';

/** Passed step of the smoke test. */
export interface Step {
  readonly name: string;
  /** Time from the first request of the step until its effect was visible. */
  readonly milliseconds: number;
}

/** Line of a terminal for a step. */
export function textOf({ name, milliseconds }: Step): string {
  return `✓ ${name.padEnd(48)}${milliseconds.toFixed(0).padStart(6)} ms`;
}

export interface SmokeTestOptions {
  /** Additional headers of the requests, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Deadline of each step; default: 10 s. */
  readonly deadlineMs?: number;
  /** Stops the test; the created resources are still deleted. */
  readonly signal?: AbortSignal;
  /** Called with the path of each resource that could not be deleted, and the reason. */
  readonly onLeftBehind?: (path: string, reason: string) => void;
}

/** Deadline for deleting each created resource. */
const CLEANUP_DEADLINE_MS = 5_000;

/** `code` of the error of a failed test; its `details` have the step as `hop`, and the `reason`. */
export const SMOKE_TEST_FAILED = 'story-failed';

/**
 * Runs the smoke test through the public API of a system: create a product, add two units to a cart once Cart has the product,
 * check the held stock, change the price, check it in the cart, delete the cart, check that the stock is released. Reports
 * each step; rejects with a DomainError that names the failed step. Always deletes the resources that it created.
 */
export async function runSmokeTest(
  url: string,
  token: string,
  report: (step: Step) => void,
  { headers, deadlineMs = 10_000, signal, onLeftBehind = () => undefined }: SmokeTestOptions = {},
): Promise<void> {
  const productId = `story-${randomUUID()}`;
  const product = `/products/${productId}`;
  const price = 1999;
  const inventory = 10;

  const created: string[] = [];
  const tokenFor = ({ path }: ApiRequest) => (path.startsWith('/products') ? token : undefined);
  const step = async (
    name: string,
    call: ApiRequest,
    isExpected: (response: ApiResponse) => boolean,
    creates?: string,
  ): Promise<ApiResponse> => {
    const start = performance.now();
    // Before the request: it may have its effect even if its response is lost.
    if (creates !== undefined) created.push(creates);
    const outcome = await requestUntil(url, call, isExpected, {
      token: tokenFor(call),
      headers,
      deadlineMs,
      signal,
    });
    if ('reason' in outcome) {
      if (creates !== undefined && !outcome.mayBeDone) created.pop();
      throw failure(name, outcome.reason, outcome.cause);
    }
    report({ name, milliseconds: performance.now() - start });
    return outcome.response;
  };
  const hasStatus = (expected: number) => (response: ApiResponse) => response.status === expected;
  const hasHeld =
    (held: number) =>
    ({ body }: ApiResponse) =>
      body['onHand'] === inventory && body['held'] === held && body['inventory'] === inventory - held;

  const remove = async (path: string): Promise<void> => {
    const call = { method: 'DELETE', path } as const;
    const isGone = ({ status }: ApiResponse) => status === 204 || status === 404;
    const options = { token: tokenFor(call), headers, deadlineMs: CLEANUP_DEADLINE_MS };
    const outcome = await requestUntil(url, call, isGone, options);
    if ('reason' in outcome) onLeftBehind(path, outcome.reason);
  };

  try {
    const body = { productId, name: 'Smoke test', price, currency: 'EUR', inventory };
    await step('product created', { method: 'POST', path: '/products', body }, hasStatus(201), product);
    const { body: cart } = await step('cart opened', { method: 'POST', path: '/carts' }, hasStatus(201));
    const cartPath = `/carts/${String(cart['cartId'])}`;
    created.push(cartPath);
    await step(
      '2 units added, once Cart has the product',
      { method: 'POST', path: `${cartPath}/items`, body: { productId, qty: 2 } },
      hasStatus(200),
    );
    await step('stock reduced by 2', { method: 'GET', path: product }, hasHeld(2));
    const change = { price: price + 500 };
    await step('price changed', { method: 'PATCH', path: product, body: change }, hasStatus(200));
    await step('new price visible in the cart', { method: 'GET', path: cartPath }, ({ body }) => {
      const [line] = (body['items'] ?? []) as readonly { priceChanged: boolean; currentPrice: number }[];
      return line?.priceChanged === true && line.currentPrice === price + 500;
    });
    await step('cart deleted', { method: 'DELETE', path: cartPath }, hasStatus(204));
    created.pop();
    await step('stock released', { method: 'GET', path: product }, hasHeld(0));
  } finally {
    for (const path of created.toReversed()) await remove(path);
  }
}

function failure(hop: string, reason: string, cause: unknown): DomainError {
  const details = { hop, reason };
  return new DomainError('unavailable', SMOKE_TEST_FAILED, `failed: ${hop}: ${reason}`, { details, cause });
}
