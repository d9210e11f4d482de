import { randomUUID } from 'node:crypto';
import type { Operation } from '@tandem/load/mix';
import { KEEPER, type Sending } from './client.ts';
import { GUEST, PRODUCTS, productId, productInput, type Shop } from './shop.ts';

/** Brings the system into the state that a request meets in real use; resolves to the request. */
export type Prepare = (shop: Shop) => Promise<Sending>;

const asKeeper = { as: KEEPER };
const anyPath = (shop: Shop) => `/products/${productId(shop.anyProduct())}`;
/** Carts of one, two and three lines, each once a guest's and once a user's. */
const each = (
  lines: readonly number[],
  prepare: (shop: Shop, lines: number) => Promise<Sending>,
): Prepare[] => lines.flatMap((count) => [1, 2].map((): Prepare => (shop) => prepare(shop, count)));

/** The requests of the mix, each in the variants that make up its average. */
export const operations: Readonly<Record<Operation, readonly Prepare[]>> = {
  'read a product': [async (shop) => ({ method: 'GET', path: anyPath(shop) })],
  'read a product again': [
    async (shop) => {
      const path = anyPath(shop);
      const { headers } = await shop.step({ method: 'GET', path });
      return { method: 'GET', path, headers: { 'if-none-match': String(headers['etag']) } };
    },
  ],
  'list products': [
    async () => ({ method: 'GET', path: '/products' }),
    async () => ({ method: 'GET', path: '/products?category=kitchen' }),
  ],
  'change a price': [
    async (shop) => ({ method: 'PATCH', path: anyPath(shop), body: { price: 899 }, ...asKeeper }),
  ],
  'move stock': [
    async (shop) => ({ method: 'POST', path: `${anyPath(shop)}/stock`, body: { delta: 24 }, ...asKeeper }),
  ],
  'put a product': [
    async (shop) => {
      const i = shop.anyProduct();
      return { ...shop.putting(i), body: { ...productInput(i), price: 999 } };
    },
    async () => ({
      method: 'PUT',
      path: `/products/${randomUUID().slice(0, 6)}`,
      body: productInput(PRODUCTS),
      ...asKeeper,
    }),
  ],
  'read a cart': each([1, 2, 3], async (shop, lines) => {
    const { path, who } = await shop.cart(lines);
    return { method: 'GET', path, ...who };
  }),
  'open a cart': each([0], async (shop) => shop.opening(shop.nobody())),
  'add a line': each([0, 1, 2], async (shop, lines) => shop.adding(await shop.cart(lines))),
  'set a quantity': each([1, 2, 3], async (shop, lines) => {
    const { path, last, who } = await shop.cart(lines);
    return { method: 'PUT', path: `${path}/items/${last}`, body: { qty: 3 }, ...who };
  }),
  'remove a line': each([1, 2, 3], async (shop, lines) => {
    const { path, last, who } = await shop.cart(lines);
    return { method: 'DELETE', path: `${path}/items/${last}`, ...who };
  }),
  // The one request of a cart that clients are told to send with a key.
  'check out': each([1, 2, 3], async (shop, lines) => {
    const { path, who } = await shop.cart(lines);
    return { method: 'POST', path: `${path}/checkout`, headers: { 'idempotency-key': randomUUID() }, ...who };
  }),
  'merge carts': [1, 2, 3].map((lines): Prepare => async (shop) => {
    const guest = await shop.cart(lines === 3 ? 2 : 1, GUEST);
    const user = await shop.cart(lines === 2 ? 2 : 1, `merger-${String(lines).padStart(6, '0')}`);
    return { method: 'POST', path: `${user.path}/merge`, body: { fromCartId: guest.cartId }, ...user.who };
  }),
  'accept a price': each([1, 2, 3], async (shop, lines) => {
    const { path, last, who } = await shop.cart(lines);
    await shop.step({
      method: 'PATCH',
      path: `/products/${last}`,
      body: { price: 1_234 + lines },
      ...asKeeper,
    });
    return { method: 'POST', path: `${path}/items/${last}/accept-price`, ...who };
  }),
};
