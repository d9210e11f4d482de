import { productKey } from '@tandem/product/store/entity-types';
import { pkOf } from '@tandem/storage/pk';
import { prepare } from '../prepare.ts';
import { mintToken } from '@tandem/emulators/issuer';
import type { Session } from '../session.ts';
import type { BenchRequest, Subject } from './rounds.ts';

/** Response that the bare servers repeat. */
export interface ResponseBytes {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Key of an item that the SDK gets. */
export interface ItemKey {
  readonly endpoint: string;
  readonly tableName: string;
  readonly pk: string;
}

/** Minimum number of products, so that reads of different products miss the short-lived read cache. */
const MIN_PRODUCTS = 2_000;
/** Number of carts of one to three lines, plus one that grows by a unit each time: a line has 999 at most. */
const CARTS = 500;

/** Creates the data, stops the relays, so that no events are processed meanwhile, and returns the routes to measure. */
export async function prepareRoutes(session: Session, requests: number) {
  const { system } = session;
  const { children, tables, urls, pids } = system ?? {};
  if (!children || !tables || !urls || !pids)
    throw new Error('The benchmark needs a system in processes, on DynamoDB.');
  const catalog = await mintToken({ subject: 'bench', scopes: ['products:write'], lifetimeSeconds: 86_400 });
  const prepared = await prepare(
    session.url,
    { catalog, users: [catalog] },
    { browsed: CARTS, bought: 0, merged: 0, repriced: 0 },
    { products: Math.max(MIN_PRODUCTS, requests * 2) },
  );
  await Promise.all([children['product-relay'].stop(), children['cart-relay'].stop()]);

  const products = [...prepared.steady, ...prepared.changing];
  const carts = prepared.carts.browsed;
  const [hot = '', ...others] = products;
  const otherOf = (i: number) => others[i % others.length] ?? hot;
  const path = `/products/${hot}`;
  const product = { url: urls.product, method: 'GET', path, status: 200 } as const;
  const sample = await responseOf(product);
  const tag = sample.headers['etag'] ?? '';
  const json = { 'content-type': 'application/json' };
  const writing = { ...json, authorization: `Bearer ${catalog}` };
  /** Calls `request` with 0, 1, 2 and so on, over all rounds. */
  const counted = (request: (i: number) => BenchRequest) => {
    let i = 0;
    return () => request(i++);
  };
  const subject = (service: 'product' | 'cart', name: string, next: () => BenchRequest): Subject => ({
    name,
    pid: pids[service] ?? 0,
    next,
  });
  const cartAt = (i: number) => {
    const { cartId = '', token } = carts[i % carts.length] ?? {};
    return {
      path: `/carts/${cartId}`,
      bearer: token === undefined ? {} : { authorization: `Bearer ${token}` },
    };
  };

  const routes: readonly Subject[] = [
    subject('product', 'read a product, the same again and again', () => product),
    subject('product', 'read a product, 304', () => ({
      ...product,
      headers: { 'if-none-match': tag },
      status: 304,
    })),
    subject(
      'product',
      'read a product, each time another',
      counted((i) => ({ ...product, path: `/products/${otherOf(i)}` })),
    ),
    subject('product', 'list products', () => ({ ...product, path: '/products?category=c1' })),
    subject(
      'product',
      'change a price',
      counted((i) => ({
        ...product,
        method: 'PATCH',
        path: `/products/${otherOf(i * 7)}`,
        headers: writing,
        body: JSON.stringify({ price: 200 + (i % 5_000) }),
      })),
    ),
    subject(
      'cart',
      'read a cart',
      counted((i) => ({
        url: urls.cart,
        method: 'GET',
        path: cartAt(i).path,
        headers: cartAt(i).bearer,
        status: 200,
      })),
    ),
    subject(
      'cart',
      'add a line',
      counted((i) => ({
        url: urls.cart,
        method: 'POST',
        path: `${cartAt(i).path}/items`,
        headers: { ...json, ...cartAt(i).bearer },
        body: JSON.stringify({ productId: otherOf((i % carts.length) * 13), qty: 1 }),
        status: 200,
      })),
    ),
    subject(
      'cart',
      'renew a hold',
      counted((i) => ({
        url: urls.cart,
        method: 'POST',
        path: `${cartAt(i).path}/hold`,
        headers: cartAt(i).bearer,
        status: 200,
      })),
    ),
  ];
  const key: ItemKey = {
    endpoint: tables.endpoint,
    tableName: tables.names.product,
    pk: pkOf(productKey(hot)),
  };
  return { routes, sample, key };
}

async function responseOf({ url, path }: BenchRequest): Promise<ResponseBytes> {
  const response = await fetch(url + path);
  const { connection: _, 'keep-alive': __, date: ___, ...headers } = Object.fromEntries(response.headers);
  return { headers, body: await response.text() };
}
