import { localTokens, prepare, repeat, request, type Tokens } from '../prepare.ts';
import { type ApiRoutes, cartCounts, LISTED, LONG_CART_LINES, type RouteId } from './routes.ts';

/** So many that a read of each in turn misses the cache, which keeps a product for a second. */
const PRODUCTS = 3_000;
/** Enough for all other routes. */
const FEW_PRODUCTS = 500;

/** The routes, and what yardsticks need. */
export interface TandemData {
  /** Product that is read again and again. */
  readonly hot: string;
  readonly routes: ApiRoutes;
}

/**
 * Creates the products and carts of these routes by the gateway of a system, and resolves once all events of them have been
 * applied.
 */
export async function prepareTandem(url: string, chosen: readonly RouteId[]): Promise<TandemData> {
  const { catalog }: Tokens = await localTokens();
  const counts = cartCounts(chosen);
  const { steady, changing, carts } = await prepare(
    url,
    { catalog, users: [catalog] },
    { browsed: counts.many, bought: 0, merged: 0, repriced: 0 },
    chosen.includes('product') ? PRODUCTS : FEW_PRODUCTS,
  );
  const [hot = '', ...others] = [...steady, ...changing];
  const other = (i: number) => others[i % others.length] ?? hot;
  const open = async (lines: number, first: number) => {
    const { body } = await request(url, { method: 'POST', path: '/carts' });
    const cartId = String(body['cartId']);
    for (let line = 0; line < lines; line++) await request(url, addition(cartId, other(first + line)));
    return cartId;
  };
  const long = await repeat(counts.long, (i) => open(LONG_CART_LINES, i));
  const short = await repeat(counts.short, (i) => open(1, i));
  // It waits until Product has confirmed this cart, and the ones before it.
  await request(url, { method: 'POST', path: `/carts/${await open(1, 0)}/checkout` });

  const cart = (i: number) => {
    const { cartId, token, lines } = carts.browsed[i % counts.many] as (typeof carts.browsed)[number];
    return { cartId, token, first: Object.keys(lines)[0] ?? hot };
  };
  const add = (i: number) => ({ ...addition(cart(i).cartId, cart(i).first), token: cart(i).token });
  const addToShort = (i: number) => addition(short[i % counts.short] ?? '', other(i % counts.short));
  const addToLong = (i: number) => {
    const line = Math.floor(i / counts.long) % LONG_CART_LINES;
    return addition(long[i % counts.long] ?? '', other((i % counts.long) + line));
  };
  const product = `/products/${hot}`;
  const response = await fetch(url + product);
  const etag = response.headers.get('etag') ?? '';
  return {
    hot,
    routes: {
      add,
      cart: (i) => ({ path: `/carts/${cart(i).cartId}`, token: cart(i).token }),
      'add-1': addToShort,
      'add-100': addToLong,
      'add-minimal': (i) => ({ ...add(i), ...minimal }),
      'add-1-minimal': (i) => ({ ...addToShort(i), ...minimal }),
      'add-100-minimal': (i) => ({ ...addToLong(i), ...minimal }),
      hold: (i) => ({ method: 'POST', path: `/carts/${cart(i).cartId}/hold`, token: cart(i).token }),
      product: (i) => ({ path: `/products/${other(i)}` }),
      'product-again': () => ({ path: product }),
      'product-304': () => ({ path: product, etag, status: 304 }),
      category: () => ({ path: `/products?category=c1&limit=${LISTED}` }),
      all: () => ({ path: `/products?limit=${LISTED}` }),
      price: (i) => ({
        method: 'PATCH',
        path: `/products/${other(i * 7)}`,
        token: catalog,
        body: { price: 200 + (i % 5_000) },
      }),
    },
  };
}

const minimal = { isMinimal: true, status: 204 } as const;

function addition(cartId: string, productId: string) {
  return { method: 'POST', path: `/carts/${cartId}/items`, body: { productId, qty: 1 } } as const;
}
