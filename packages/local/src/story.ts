import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';

/** How long an event may take to have its effect before the story has failed. */
const EFFECT_DEADLINE_MS = 10_000;
const LOOK_AGAIN_MS = 5;

/** One step of the story that has succeeded. */
export interface Hop {
  readonly name: string;
  /** From the request that caused it to the moment its effect was seen. */
  readonly milliseconds: number;
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Plays the system's story through its public API: a product is created, Cart learns of it, a cart takes two, the
 * stock falls, the price changes, the cart shows it, the cart is abandoned, the stock returns. Reports each hop; rejects
 * with a DomainError that names the hop that failed. Deletes the product again in any case.
 */
export async function playStory(url: string, token: string, report: (hop: Hop) => void): Promise<void> {
  const productId = `story-${randomUUID()}`;
  const product = `/products/${productId}`;
  const price = 1999;
  const inventory = 10;

  const call = async (method: string, path: string, body?: object): Promise<Answer> => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(path.startsWith('/products') ? { authorization: `Bearer ${token}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(EFFECT_DEADLINE_MS),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Answer['body']) };
  };

  /** Repeats a request until its answer is as expected: events take their time. */
  const hop = async (name: string, request: () => Promise<Answer>, expected: (answer: Answer) => boolean) => {
    const start = performance.now();
    for (;;) {
      const answer = await request().catch((cause: unknown) => {
        throw failure(name, `${url} does not answer`, cause);
      });
      const milliseconds = performance.now() - start;
      if (expected(answer)) {
        report({ name, milliseconds });
        return answer;
      }
      if (milliseconds > EFFECT_DEADLINE_MS) throw failure(name, JSON.stringify(answer));
      await delay(LOOK_AGAIN_MS);
    }
  };
  const hasStatus =
    (status: number) =>
    (answer: Answer): boolean =>
      answer.status === status;
  const hasStock = (stock: number) => (answer: Answer) => answer.body['inventory'] === stock;

  await hop(
    'product created',
    () => call('POST', '/products', { productId, name: 'Story', price, currency: 'EUR', inventory }),
    hasStatus(201),
  );
  try {
    const { body: cart } = await hop('cart opened', () => call('POST', '/carts'), hasStatus(201));
    const cartPath = `/carts/${String(cart['cartId'])}`;
    await hop(
      'Cart has learned of the product, and takes 2',
      () => call('POST', `${cartPath}/items`, { productId, qty: 2 }),
      hasStatus(200),
    );
    await hop('stock has fallen by 2', () => call('GET', product), hasStock(inventory - 2));
    await hop('price changed', () => call('PATCH', product, { price: price + 500 }), hasStatus(200));
    await hop(
      'the cart shows the new price',
      () => call('GET', cartPath),
      ({ body }) => {
        const [line] = body['items'] as readonly { priceChanged: boolean; currentPrice: number }[];
        return line?.priceChanged === true && line.currentPrice === price + 500;
      },
    );
    await hop('cart abandoned', () => call('DELETE', cartPath), hasStatus(204));
    await hop('the stock is back', () => call('GET', product), hasStock(inventory));
  } finally {
    await call('DELETE', product).catch(() => undefined);
  }
}

function failure(hop: string, reason: string, cause?: unknown): DomainError {
  return new DomainError('unavailable', 'story-failed', `failed: ${hop}: ${reason}`, { cause });
}
