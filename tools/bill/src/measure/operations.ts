import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Operation } from '@tandem/load/mix';
import { ADMIN, type ApiRequest } from './client.ts';
import { type Cart, PRODUCTS, productId, type Shop } from './shop.ts';

/** Longer than Product keeps a product that it has read. */
const CACHE_MS = 1_500;

/** Brings the system into the state that a request typically meets, and returns the request. */
export type Prepare = (shop: Shop) => Promise<ApiRequest>;

const admin = { subject: ADMIN };
const productPath = (shop: Shop) => `/products/${productId(shop.nextProduct())}`;

/** Variants with carts of these numbers of lines, each twice: one cart is a guest's and one a user's. */
function withCarts(
  lines: readonly number[],
  prepare: (cart: Cart, shop: Shop) => ApiRequest | Promise<ApiRequest>,
) {
  return lines.flatMap((count) =>
    [1, 2].map((): Prepare => async (shop) => prepare(await shop.cart(count), shop)),
  );
}

/** Requests of the mix, in the variants that make up the average of each. */
export const operations: Readonly<Record<Operation, readonly Prepare[]>> = {
  // Of the ten thousand products of a catalog, a task has soon read each: it knows the description, and no longer the rest.
  'read a product': [
    async (shop) => {
      const path = productPath(shop);
      await shop.step({ method: 'GET', path });
      await setTimeout(CACHE_MS);
      return { method: 'GET', path };
    },
  ],
  'read a product again': [
    async (shop) => {
      const path = productPath(shop);
      const { etag } = await shop.step({ method: 'GET', path });
      return { method: 'GET', path, headers: { 'if-none-match': etag } };
    },
  ],
  'list products': [
    async () => ({ method: 'GET', path: '/products' }),
    async () => ({ method: 'GET', path: '/products?category=kitchen' }),
  ],
  'change a price': [
    async (shop) => ({ method: 'PATCH', path: productPath(shop), body: { price: 899 }, ...admin }),
  ],
  'move stock': [
    async (shop) => ({ method: 'POST', path: `${productPath(shop)}/stock`, body: { delta: 24 }, ...admin }),
  ],
  'put a product': [
    async (shop) => {
      const request = shop.put(shop.nextProduct());
      return { ...request, body: { ...request.body, price: 999 } };
    },
    async (shop) => ({ ...shop.put(PRODUCTS), path: `/products/${randomUUID().slice(0, 6)}` }),
  ],
  'read a cart': withCarts([1, 2, 3], ({ path, owner }) => ({ method: 'GET', path, ...owner })),
  'open a cart': [1, 2].map((): Prepare => async (shop) => shop.open()),
  'add a line': withCarts([0, 1, 2], (cart, shop) => shop.add(cart)),
  'set a quantity': withCarts([1, 2, 3], ({ path, last, owner }) => ({
    method: 'PUT',
    path: `${path}/items/${last}`,
    body: { qty: 3 },
    ...owner,
  })),
  'remove a line': withCarts([1, 2, 3], ({ path, last, owner }) => ({
    method: 'DELETE',
    path: `${path}/items/${last}`,
    ...owner,
  })),
  // The only request of a cart for which the API documents an idempotency key.
  'check out': withCarts([1, 2, 3], ({ path, owner }) => ({
    method: 'POST',
    path: `${path}/checkout`,
    headers: { 'idempotency-key': randomUUID() },
    ...owner,
  })),
  'merge carts': [1, 2, 3].map((lines): Prepare => async (shop) => {
    const guest = await shop.cart(lines === 3 ? 2 : 1, {});
    const user = await shop.cart(lines === 2 ? 2 : 1, {
      subject: `merger-${String(lines).padStart(6, '0')}`,
    });
    return { method: 'POST', path: `${user.path}/merge`, body: { fromCartId: guest.cartId }, ...user.owner };
  }),
  'accept a price': withCarts([1, 2, 3], async ({ path, last, owner }, shop) => {
    await shop.step({ method: 'PATCH', path: `/products/${last}`, body: { price: 1_234 }, ...admin });
    return { method: 'POST', path: `${path}/items/${last}/accept-price`, ...owner };
  }),
};
