import { type Client, type LimitedShop, PRODUCTS, type Request } from './limited-shop.ts';

/** Next request of a client, by the number of its earlier ones. */
export type Next = (sent: number) => Request;

/** What a client sends at full speed: requests of each budget, so that a limit of one does not stop the others. */
export type Abuse = (shop: LimitedShop, client: Client) => Promise<readonly Next[]>;

const productId = (i: number) => `product-${i % PRODUCTS}`;
const keyOf = (sent: number) => `request-${sent}`;

/** Opens a cart with a number of lines, before the limits apply. */
async function openCart(shop: LimitedShop, client: Client, lines: number): Promise<string> {
  const { body } = await shop.prepare(client, { method: 'POST', path: '/carts' });
  const { cartId } = JSON.parse(body) as { cartId: string };
  for (let i = 0; i < lines; i++) await shop.prepare(client, add(cartId, i));
  await shop.deliver();
  return cartId;
}

function add(cartId: string, product: number): Request {
  return { method: 'POST', path: `/carts/${cartId}/items`, body: { productId: productId(product), qty: 2 } };
}

const open: Next = () => ({ method: 'POST', path: '/carts' });

/** The requests that consume most for their cost. */
export const abuses: Readonly<Record<string, Abuse>> = {
  'reads a cart, and sends writes with keys that change nothing in one of 100 lines': async (
    shop,
    client,
  ) => {
    const [small, full] = [await openCart(shop, client, 2), await openCart(shop, client, 100)];
    const path = `/carts/${full}/items/${productId(0)}/accept-price`;
    return [
      () => ({ method: 'GET', path: `/carts/${small}` }),
      (sent) => ({ method: 'POST', path, body: {}, key: keyOf(sent) }),
      open,
    ];
  },
  'reads 100 products at once, and adds to a cart with keys': async (shop, client) => {
    const cartId = await openCart(shop, client, 1);
    const ids = (from: number) => Array.from({ length: 100 }, (_, i) => productId(from + i)).join();
    return [
      (sent) => ({ method: 'GET', path: `/products?ids=${ids(sent)}` }),
      (sent) => ({ ...add(cartId, 1), body: { productId: productId(1), qty: 1 }, key: keyOf(sent) }),
      open,
    ];
  },
  'lists carts of 100 lines, and renews their holds': async (shop, client) => {
    const [cartId] = [await openCart(shop, client, 100), await openCart(shop, client, 100)];
    return [
      () => ({ method: 'GET', path: client.token ? '/carts?mine=true' : `/carts/${cartId}` }),
      () => ({ method: 'POST', path: `/carts/${cartId}/hold` }),
      open,
    ];
  },
};

/** A shopper who looks at products, fills a cart and changes it: a request every other second. */
export async function openShopper(shop: LimitedShop) {
  const client: Client = { from: '198.51.100.7', token: 'shopper' };
  const cartId = await openCart(shop, client, 1);
  const session: readonly Next[] = [
    () => ({ method: 'GET', path: '/products?limit=20' }),
    (sent) => ({ method: 'GET', path: `/products/${productId(sent)}` }),
    (sent) => add(cartId, sent % 8),
    () => ({ method: 'GET', path: `/carts/${cartId}` }),
    (sent) => ({ method: 'GET', path: `/products/${productId(3 * sent)}` }),
    (sent) => ({ method: 'DELETE', path: `/carts/${cartId}/items/${productId((sent - 3) % 8)}` }),
    () => ({ method: 'GET', path: '/carts?mine=true' }),
  ];
  return { client, next: (sent: number) => session[sent % session.length]?.(sent) ?? open(sent) };
}
