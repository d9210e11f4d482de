import { mintToken } from '@tandem/emulators/issuer';
import { until } from './until.ts';

/** An answer of the API. */
export interface Answer<B = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: B;
  /** The body as it was sent. */
  readonly text: string;
}

/** How a request is sent: as `fetch` does it. */
export type Send = (url: string, init: RequestInit) => Promise<Response>;

/** What a test sends. */
export interface Sent {
  readonly body?: unknown;
  /** The bearer token; false sends none. */
  readonly token?: string | false;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A cart's line as the API shows it. */
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

/** A cart as the API shows it. */
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

/** A product as the API shows it. */
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

/**
 * Repeats a call while it is answered 503, which says that nothing was done: DynamoDB Local is slow enough for writers
 * of one item to be told so, and for a checkout not to have its stock confirmed in time.
 */
export async function decided<A extends { readonly status: number }>(call: () => Promise<A>): Promise<A> {
  return until(call, ({ status }) => status !== 503, { deadlineMs: 60_000, intervalMs: 50 });
}

/**
 * A client of the system, with a user's token or as a guest; writes to the catalog carry a token that may, unless
 * told otherwise.
 */
export function client(gateway: string, ownToken: string | false = false, send: Send = fetch) {
  const catalogToken = mintToken({ subject: 'test', scopes: ['products:write'] });

  async function call<B = Record<string, unknown>>(
    method: string,
    path: string,
    { body, token, headers = {} }: Sent = {},
  ): Promise<Answer<B>> {
    const isCatalogWrite = path.startsWith('/products') && method !== 'GET';
    const bearer = token ?? (isCatalogWrite ? await catalogToken : ownToken);
    const response = await send(gateway + path, {
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

  const openCart = async () => (await call<CartBody>('POST', '/carts')).body.cartId;

  return {
    call,
    putProduct: (productId: string, fields: object = {}) =>
      call<ProductBody>('PUT', `/products/${productId}`, {
        body: { name: productId, price: 1000, currency: 'EUR', inventory: 100, ...fields },
      }),
    product: (productId: string) => call<ProductBody>('GET', `/products/${productId}`),
    openCart,
    cart: (cartId: string) => call<CartBody>('GET', `/carts/${cartId}`),
    add,
    /** Resolves once Cart knows these products, of which there are fewer than 999 units: more are then too many. */
    known: async (...productIds: readonly string[]) => {
      const cartId = await openCart();
      for (const productId of productIds) {
        await until(
          () => add(cartId, productId, 999),
          ({ status }) => status === 409,
          { deadlineMs: 60_000 },
        );
      }
    },
    /** Adds these quantities of these products, as soon as Cart knows them. */
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
