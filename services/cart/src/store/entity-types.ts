import { type Key, key, type EntityType } from '@tandem/storage/table';
import type { Cart } from '../domain/cart.ts';
import type { CatalogEntry } from '../domain/catalog.ts';
import type { Order } from '../domain/order.ts';
import type { CatalogSync, SnapshotProduct } from '../domain/catalog-sync.ts';

/**
 * Index of users' carts: open carts by the day of their last change, so that few changes rewrite the index, orders by the time of
 * their checkout. It also has the list of all orders.
 */
export const BY_USER = 'byUser';
/** Index partition of all orders, by the time of their checkout. */
export const ALL_ORDERS = 'all-orders';

/** Length of the date in RFC 3339. */
const DATE_LENGTH = 10;

export const carts: EntityType<Cart> = {
  name: 'cart',
  index: ({ status, userId, cartId, updatedAt, checkedOutAt }) => {
    if (userId === null) return undefined;
    if (status === 'open')
      return {
        index: BY_USER,
        partition: openCartsOf(userId),
        sort: `${updatedAt.slice(0, DATE_LENGTH)}/${cartId}`,
      };
    if (status !== 'checkedOut') return undefined;
    return { index: BY_USER, partition: ordersOf(userId), sort: `${checkedOutAt}/${cartId}` };
  },
  expiresAt: ({ expiresAt }) =>
    expiresAt === undefined ? undefined : Math.floor(Date.parse(expiresAt) / 1000),
};

export const orders: EntityType<Order> = {
  name: 'order',
  index: ({ cartId, checkedOutAt }) => ({
    index: BY_USER,
    partition: ALL_ORDERS,
    sort: `${checkedOutAt}/${cartId}`,
  }),
};

export const catalog: EntityType<CatalogEntry> = { name: 'catalog' };

const catalogSync: EntityType<CatalogSync> = { name: 'catalog-sync' };

const snapshotProducts: EntityType<SnapshotProduct> = {
  name: 'snapshot-product',
  expiresAt: ({ expiresAt }) => expiresAt,
};

export const catalogSyncKey: Key<CatalogSync> = key(catalogSync, 'snapshot');

/** Index partition of a user's open carts. Partitions have a prefix, so that those of different users cannot collide. */
export function openCartsOf(userId: string): string {
  return `open/${userId}`;
}

/** Index partition of a user's orders. */
export function ordersOf(userId: string): string {
  return `orders/${userId}`;
}

export function cartKey(cartId: string): Key<Cart> {
  return key(carts, cartId);
}

export function orderKey(orderNumber: string): Key<Order> {
  return key(orders, orderNumber);
}

export function catalogKey(productId: string): Key<CatalogEntry> {
  return key(catalog, productId);
}

export function snapshotProductKey(snapshotId: string, productId: string): Key<SnapshotProduct> {
  return key(snapshotProducts, `${snapshotId}/${productId}`);
}
