import { randomUUID } from 'node:crypto';
import { DomainError } from '@tandem/chassis/errors';
import { type Answer, type Call, requestUntil } from '@tandem/cli/request-until';

/** One step of the story that has succeeded. */
export interface Hop {
  readonly name: string;
  /** From the request that caused it to the moment its effect was seen. */
  readonly milliseconds: number;
}

export interface StoryOptions {
  /** How long an event may take to have its effect before the story has failed; 10 s unless given. */
  readonly deadlineMs?: number;
  /** Ends the story; what it has created is still deleted. */
  readonly signal?: AbortSignal;
  /** Is told of what could not be deleted, by its path and why. */
  readonly onLeftBehind?: (path: string, reason: string) => void;
}

/** For deleting what the story has created. */
const CLEANUP_DEADLINE_MS = 5_000;

/** The `code` of the error of a story that failed; its `details` have the `hop` and the `reason`. */
export const STORY_FAILED = 'story-failed';

/**
 * Plays the system's story through its public API: a product is created, Cart learns of it, a cart takes two, the
 * stock falls, the price changes, the cart shows it, the cart is abandoned, the stock returns. Reports each hop; rejects
 * with a DomainError that names the hop that failed. Deletes what it has created in any case.
 */
export async function playStory(
  url: string,
  token: string,
  report: (hop: Hop) => void,
  { deadlineMs = 10_000, signal, onLeftBehind = () => undefined }: StoryOptions = {},
): Promise<void> {
  const productId = `story-${randomUUID()}`;
  const product = `/products/${productId}`;
  const price = 1999;
  const inventory = 10;

  const created: string[] = [];
  const tokenFor = ({ path }: Call) => (path.startsWith('/products') ? token : undefined);
  const hop = async (
    name: string,
    call: Call,
    isExpected: (answer: Answer) => boolean,
    creates?: string,
  ): Promise<Answer> => {
    const start = performance.now();
    // Before the request: one whose answer is lost may have been carried out.
    if (creates !== undefined) created.push(creates);
    const outcome = await requestUntil(url, call, isExpected, { token: tokenFor(call), deadlineMs, signal });
    if ('reason' in outcome) {
      if (creates !== undefined && !outcome.mayBeDone) created.pop();
      throw failure(name, outcome.reason, outcome.cause);
    }
    report({ name, milliseconds: performance.now() - start });
    return outcome.answer;
  };
  const hasStatus =
    (status: number) =>
    (answer: Answer): boolean =>
      answer.status === status;
  const holds =
    (held: number) =>
    ({ body }: Answer): boolean =>
      body['onHand'] === inventory && body['held'] === held && body['inventory'] === inventory - held;

  const remove = async (path: string): Promise<void> => {
    const call = { method: 'DELETE', path } as const;
    const isGone = ({ status }: Answer) => status === 204 || status === 404;
    const options = { token: tokenFor(call), deadlineMs: CLEANUP_DEADLINE_MS };
    const outcome = await requestUntil(url, call, isGone, options);
    if ('reason' in outcome) onLeftBehind(path, outcome.reason);
  };

  try {
    await hop(
      'product created',
      {
        method: 'POST',
        path: '/products',
        body: { productId, name: 'Story', price, currency: 'EUR', inventory },
      },
      hasStatus(201),
      product,
    );
    const { body: cart } = await hop('cart opened', { method: 'POST', path: '/carts' }, hasStatus(201));
    const cartPath = `/carts/${String(cart['cartId'])}`;
    created.push(cartPath);
    await hop(
      'Cart has learned of the product, and takes 2',
      { method: 'POST', path: `${cartPath}/items`, body: { productId, qty: 2 } },
      hasStatus(200),
    );
    await hop('stock has fallen by 2', { method: 'GET', path: product }, holds(2));
    await hop(
      'price changed',
      { method: 'PATCH', path: product, body: { price: price + 500 } },
      hasStatus(200),
    );
    await hop('the cart shows the new price', { method: 'GET', path: cartPath }, ({ body }) => {
      const [line] = (body['items'] ?? []) as readonly { priceChanged: boolean; currentPrice: number }[];
      return line?.priceChanged === true && line.currentPrice === price + 500;
    });
    await hop('cart abandoned', { method: 'DELETE', path: cartPath }, hasStatus(204));
    created.pop();
    await hop('the stock is back', { method: 'GET', path: product }, holds(0));
  } finally {
    for (const path of created.toReversed()) await remove(path);
  }
}

function failure(hop: string, reason: string, cause: unknown): DomainError {
  const details = { hop, reason };
  return new DomainError('unavailable', STORY_FAILED, `failed: ${hop}: ${reason}`, { details, cause });
}
