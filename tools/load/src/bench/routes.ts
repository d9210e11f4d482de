import { publishers } from '@tandem/contracts/topology';
import { productKey } from '@tandem/product/store/entity-types';
import { pkOf } from '@tandem/storage/pk';
import type { PreparedCart } from '../plan.ts';
import { localTokens, prepare } from '../prepare.ts';
import type { LoadedService } from '../rates.ts';
import type { OwnSystem } from '../system/own-system.ts';
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

/** Request of a route; default: GET with the response 200. */
type RouteRequest = Partial<BenchRequest> & Pick<BenchRequest, 'path'>;

/** Minimum number of products, so that reads of different products miss the short-lived read cache. */
const MIN_PRODUCTS = 2_000;
/** Number of carts of one to three lines, plus one that grows by a unit each time: a line has 999 at most. */
const CARTS = 500;

/** Creates the data, stops the relays, so that no events are processed meanwhile, and returns the routes to measure. */
export async function prepareRoutes({ children, tables, urls, pids }: OwnSystem, requests: number) {
  if (!children || !tables) throw new Error('The benchmark needs a system in processes, on DynamoDB.');
  const { catalog } = await localTokens();
  const { steady, changing, carts } = await prepare(
    urls.gateway,
    { catalog, users: [catalog] },
    { browsed: CARTS, bought: 0, merged: 0, repriced: 0 },
    Math.max(MIN_PRODUCTS, requests * 2),
  );
  await Promise.all(publishers.map(([service]) => children[`${service}-relay`].stop()));

  const [hot = '', ...others] = [...steady, ...changing];
  const otherOf = (i: number) => others[i % others.length] ?? hot;
  const cartOf = (i: number) => carts.browsed[i % CARTS] as PreparedCart;
  const product = `/products/${hot}`;
  const sample = await responseOf(urls.product + product);
  const etag = sample.headers['etag'] ?? '';
  const json = { 'content-type': 'application/json' };
  const bearer = (token?: string) => (token === undefined ? {} : { authorization: `Bearer ${token}` });

  /** A route, whose requests are numbered over all rounds. */
  const route = (service: LoadedService, name: string, request: (i: number) => RouteRequest): Subject => {
    let i = 0;
    const defaults = { url: urls[service], method: 'GET', status: 200 } as const;
    return { name, pid: pids[service] ?? 0, next: () => ({ ...defaults, ...request(i++) }) };
  };
  const cartRoute = (name: string, request: (i: number) => RouteRequest) =>
    route('cart', name, (i) => {
      const { cartId, token } = cartOf(i);
      const { path, headers, ...rest } = request(i);
      return { ...rest, path: `/carts/${cartId}${path}`, headers: { ...headers, ...bearer(token) } };
    });
  const routes = [
    route('product', 'read a product, the same again and again', () => ({ path: product })),
    route('product', 'read a product, 304', () => ({
      path: product,
      headers: { 'if-none-match': etag },
      status: 304,
    })),
    route('product', 'read a product, each time another', (i) => ({ path: `/products/${otherOf(i)}` })),
    route('product', 'list products', () => ({ path: '/products?category=c1' })),
    route('product', 'change a price', (i) => ({
      method: 'PATCH',
      path: `/products/${otherOf(i * 7)}`,
      headers: { ...json, ...bearer(catalog) },
      body: JSON.stringify({ price: 200 + (i % 5_000) }),
    })),
    cartRoute('read a cart', () => ({ path: '' })),
    cartRoute('add a line', (i) => ({
      method: 'POST',
      path: '/items',
      headers: json,
      body: JSON.stringify({ productId: otherOf((i % CARTS) * 13), qty: 1 }),
    })),
    cartRoute('renew a hold', () => ({ method: 'POST', path: '/hold' })),
  ];
  const { endpoint, names } = tables;
  const key: ItemKey = { endpoint, tableName: names.products, pk: pkOf(productKey(hot)) };
  return { routes, sample, key };
}

async function responseOf(url: string): Promise<ResponseBytes> {
  const response = await fetch(url);
  const { connection: _, 'keep-alive': __, date: ___, ...headers } = Object.fromEntries(response.headers);
  return { headers, body: await response.text() };
}
