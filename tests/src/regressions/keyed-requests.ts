import { mintToken } from '@tandem/emulators/issuer';
import { type ApiResponse, type CartBody, client, type RequestOptions } from '../support/http.ts';
import { until } from '../support/until.ts';
import { type Operation, pathWith } from './operations.ts';
import type { TwoCarts } from './two-carts.ts';

/** The parts of a response that its replay must repeat. */
export function replayedParts({ status, headers, text }: ApiResponse) {
  const replayedHeaders = ['content-type', 'etag', 'location'].map((name) => headers.get(name));
  return { status, text, replayedHeaders };
}

/** Whether a response was replayed for its key. */
export function isReplay({ headers }: Pick<ApiResponse, 'headers'>): boolean {
  return headers.get('idempotent-replayed') === 'true';
}

/** Prepares a request of an operation that succeeds, with its own product, user and carts. */
export async function prepareRequest(
  { urls, cartUrls }: TwoCarts,
  { method, path, sample }: Operation,
  name: string,
) {
  const token = await mintToken({ subject: name, scopes: [] });
  const [user, guest] = [client(urls.gateway, token), client(urls.gateway)];
  await guest.putProduct(name, { inventory: 100 });
  const [cartId, fromCartId] = [await user.openCart(), await guest.openCart()];
  await user.fill(cartId, { [name]: 2 });
  await guest.fill(fromCartId, { [name]: 1 });
  if (path.endsWith('/accept-price')) {
    await guest.call('PATCH', `/products/${name}`, { body: { price: 1500 } });
    await until(
      () => user.cart(cartId),
      ({ body }) => body.items[0]?.priceChanged === true,
    );
  }
  const body = bodyWith(sample.body, { productId: name, fromCartId });
  const url = pathWith(path, { cartId, productId: name });
  const clients = cartUrls.map((cartUrl) => client(cartUrl, token));
  return {
    body,
    /** Sends the request; those of carts alternate between Cart's instances. */
    send: async (
      key: string | undefined,
      changes: RequestOptions = {},
      position = 0,
    ): Promise<ApiResponse> => {
      const { call } = (path.startsWith('/carts') && clients[position % clients.length]) || user;
      const headers = { ...sample.headers, ...(key !== undefined && { 'idempotency-key': key }) };
      return call(method, url, { ...(body !== undefined && { body }), ...changes, headers });
    },
    /** State of the user's carts, without ids and times. */
    cartState: async () => {
      const { items } = (await user.call<{ items: readonly CartBody[] }>('GET', '/carts?mine=true')).body;
      const { body: cart } = await user.cart(cartId);
      return [items.length, cart.status, cart.version, cart.totalAmount, cart.items.map(({ qty }) => qty)];
    },
    /** Changes the cart, and deletes the product and all carts. */
    deleteAll: async ({ location }: { location: string | null }) => {
      await user.call('PUT', `/carts/${cartId}/items/${name}`, { body: { qty: 5 } });
      for (const path of [`/carts/${cartId}`, `/carts/${fromCartId}`, `/products/${name}`, location ?? ''])
        if (path !== '') await user.call('DELETE', path);
    },
  };
}

/** A sample body with these values in its fields; a stream has the product's name in its product ids. */
function bodyWith(sample: unknown, fields: Readonly<Record<string, string>>): unknown {
  if (typeof sample === 'string') return sample.replaceAll('imported', `imported-${fields['productId']}`);
  if (sample === undefined) return undefined;
  const entries = Object.entries(sample as object).map(([name, value]) => [name, fields[name] ?? value]);
  return Object.fromEntries(entries);
}

/** Another valid body of the operation. */
export function differentBody(body: unknown): unknown {
  if (typeof body === 'string') return `${body}\n`;
  const [field] = Object.entries(body as object);
  if (!field) return { currency: 'EUR' };
  const [name, value] = field;
  return { ...(body as object), [name]: typeof value === 'number' ? value + 1 : `${String(value)}x` };
}
