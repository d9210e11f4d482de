import assert from 'node:assert/strict';
import { mintToken } from '@tandem/emulators/issuer';
import { until } from './until.ts';

/** Response of the API. */
export interface ApiResponse<B = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: B;
  /** Raw body. */
  readonly text: string;
}

/** Transport of requests, compatible with `fetch`. */
export type Transport = (url: string, init: RequestInit) => Promise<Response>;

/** Body, token and headers of a request. */
export interface RequestOptions {
  readonly body?: unknown;
  /** Bearer token; false sends none. */
  readonly token?: string | false;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Line of a cart in the API. */
export interface LineBody {
  readonly productId: string;
  readonly name: string;
  readonly qty: number;
  readonly priceAtAdd: number;
  readonly currentPrice: number;
  readonly priceChanged: boolean;
  readonly currentCurrency?: string;
  readonly availability: string;
  readonly availableQty: number;
  readonly hold: string;
  readonly heldUntil?: string;
}

/** Cart in the API. */
export interface CartBody {
  readonly cartId: string;
  readonly userId: string | null;
  readonly status: string;
  readonly items: readonly LineBody[];
  readonly totalAmount: number;
  readonly currency: string | null;
  readonly version: number;
  readonly updatedAt: string;
  readonly expiresAt?: string;
  readonly checkedOutAt?: string;
}

/** Product in the API. */
export interface ProductBody {
  readonly productId: string;
  readonly name: string;
  readonly price: number;
  readonly currency: string;
  readonly category?: string;
  readonly description?: string;
  readonly inventory: number;
  readonly onHand: number;
  readonly held: number;
  readonly maxPerCart?: number;
  readonly version: number;
}

/** Time for which a checkout waits for the stock, in milliseconds: 5 s, less the pause before a last round that would be too late. */
const CHECKOUT_WAIT_MS = 4_700;

/**
 * Retries a call while the response is 503, which guarantees that it had no effect: on the slow DynamoDB Local concurrent writes
 * of an item may conflict too often, and a checkout may not have its stock confirmed in time. Fails if a checkout has not waited for it.
 */
export async function retryUnavailable<A extends { readonly status: number; readonly text: string }>(
  call: () => Promise<A>,
): Promise<A> {
  const timedCall = async () => {
    const startedAt = performance.now();
    const response = await call();
    const waitedMs = performance.now() - startedAt;
    if (response.status === 503 && response.text.includes(':reservation-pending'))
      assert.ok(
        waitedMs >= CHECKOUT_WAIT_MS,
        `a checkout was rejected after ${waitedMs} ms: ${response.text}`,
      );
    return response;
  };
  return until(timedCall, ({ status }) => status !== 503, { deadlineMs: 60_000, intervalMs: 50 });
}

/** Whether the gateway reports all services as ready. */
export async function isHealthy(gateway: string): Promise<boolean> {
  return fetch(`${gateway}/health`).then(
    async (response) => {
      await response.body?.cancel();
      return response.status === 200;
    },
    () => false,
  );
}

/** Resolves once the gateway reports all services as ready. */
export async function untilHealthy(gateway: string): Promise<void> {
  await until(() => isHealthy(gateway), Boolean);
}

/** The first line of a cart, which most tests have alone. */
export const firstLine = ({ items: [line] }: CartBody) => line;

/** Client of the API. */
export type Client = ReturnType<typeof client>;

/** Creates a client with a new token of a user. */
export async function userClient(gateway: string, subject: string): Promise<Client> {
  return client(gateway, await mintToken({ subject, scopes: [] }));
}

/** Creates a client of the system, with a user's token or as a guest. Writes to the catalog have a token with the scope by default. */
export function client(gateway: string, ownToken: string | false = false, transport: Transport = fetch) {
  const catalogToken = mintToken({ subject: 'test', scopes: ['products:write'] });

  async function call<B = Record<string, unknown>>(
    method: string,
    path: string,
    { body, token, headers = {} }: RequestOptions = {},
  ): Promise<ApiResponse<B>> {
    const isCatalogWrite = path.startsWith('/products') && method !== 'GET';
    const bearer = token ?? (isCatalogWrite ? await catalogToken : ownToken);
    const response = await transport(gateway + path, {
      method,
      headers: {
        ...(bearer === false ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? {} : JSON.parse(text)) as B,
      text,
    };
  }

  const add = (cartId: string, productId: string, qty: number) =>
    call<CartBody>('POST', `/carts/${cartId}/items`, { body: { productId, qty } });

  const cart = (cartId: string) => call<CartBody>('GET', `/carts/${cartId}`);

  const openCart = async () => (await call<CartBody>('POST', '/carts')).body.cartId;

  return {
    call,
    putProduct: (productId: string, fields: object = {}) =>
      call<ProductBody>('PUT', `/products/${productId}`, {
        body: { name: productId, price: 1000, currency: 'EUR', inventory: 100, ...fields },
      }),
    product: (productId: string) => call<ProductBody>('GET', `/products/${productId}`),
    openCart,
    cart,
    /** Resolves to a cart once Product holds the units of all its lines. */
    untilHeld: (cartId: string) =>
      until(
        () => cart(cartId),
        ({ status, body: { items } }) =>
          status === 200 && items.length > 0 && items.every(({ hold }) => hold === 'held'),
      ),
    add,
    /** Resolves once Cart has these products, with fewer than 999 units each: an add of 999 then fails with 409. */
    untilKnown: async (...productIds: readonly string[]) => {
      const cartId = await openCart();
      for (const productId of productIds) {
        await until(
          () => add(cartId, productId, 999),
          ({ status }) => status === 409,
          { deadlineMs: 60_000 },
        );
      }
    },
    /** Adds these quantities, and retries until Cart has the products. */
    fill: async (cartId: string, lines: Readonly<Record<string, number>>) => {
      const added = async ([productId, qty]: [string, number]) =>
        until(
          () => add(cartId, productId, qty),
          ({ status }) => status === 200,
          { deadlineMs: 60_000 },
        );
      await Promise.all(Object.entries(lines).map(added));
    },
    merge: (cartId: string, fromCartId: string) =>
      call<CartBody>('POST', `/carts/${cartId}/merge`, { body: { fromCartId } }),
    checkOut: (cartId: string) => call<CartBody>('POST', `/carts/${cartId}/checkout`),
  };
}
