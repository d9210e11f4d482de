import { productKey } from '@tandem/product/store/kinds';
import { pkOf } from '@tandem/storage/pk';
import { prepare } from '../prepare.ts';
import { mintToken } from '@tandem/emulators/issuer';
import type { Session } from '../session.ts';
import type { BenchRequest, Subject } from './rounds.ts';

/** An answer as a bare server is to repeat it. */
export interface AnswerBytes {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An item of the services' table, for the SDK to get. */
export interface ItemKey {
  readonly endpoint: string;
  readonly tableName: string;
  readonly pk: string;
}

/** So many distinct products make a read one that no short-lived cache has: each is asked for once in several rounds. */
const MIN_PRODUCTS = 2_000;
/** Of one to three lines, and one more that grows by a unit each time: a line has 999 at most. */
const CARTS = 500;

/** Fills the system, stops its relays, so that no event is worked on meanwhile, and tells what is to be measured. */
export async function prepareRoutes(session: Session, requests: number) {
  const { system } = session;
  const { children, tables, urls, pids } = system ?? {};
  if (!children || !tables || !urls || !pids)
    throw new Error('a bench takes a system in processes, on DynamoDB');
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
  const sample = await answerOf(product);
  const tag = sample.headers['etag'] ?? '';
  const json = { 'content-type': 'application/json' };
  const writing = { ...json, authorization: `Bearer ${catalog}` };
  /** Calls with 0, 1, 2 and so on, over all rounds. */
  const counted = (request: (i: number) => BenchRequest) => {
    let i = 0;
    return () => request(i++);
  };
  const of = (service: 'product' | 'cart', name: string, next: () => BenchRequest): Subject => ({
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
    of('product', 'read a product, the same again and again', () => product),
    of('product', 'read a product, 304', () => ({
      ...product,
      headers: { 'if-none-match': tag },
      status: 304,
    })),
    of(
      'product',
      'read a product, each time another',
      counted((i) => ({ ...product, path: `/products/${otherOf(i)}` })),
    ),
    of('product', 'list products', () => ({ ...product, path: '/products?category=c1' })),
    of(
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
    of(
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
    of(
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
    of(
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

async function answerOf({ url, path }: BenchRequest): Promise<AnswerBytes> {
  const answer = await fetch(url + path);
  const { connection: _, 'keep-alive': __, date: ___, ...headers } = Object.fromEntries(answer.headers);
  return { headers, body: await answer.text() };
}
