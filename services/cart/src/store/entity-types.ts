import { type Key, key, type EntityType } from '@tandem/storage/table';
import type { Cart } from '../domain/cart.ts';
import type { CatalogEntry } from '../domain/catalog.ts';
import type { CatalogSync, SnapshotProduct } from '../domain/catalog-sync.ts';

/** Index of users' carts: open carts by id, orders by the time of their checkout. */
export const BY_USER = 'byUser';

export const carts: EntityType<Cart> = {
  name: 'cart',
  index: ({ status, userId, cartId, checkedOutAt }) => {
    if (userId === null) return undefined;
    if (status === 'open') return { index: BY_USER, partition: openCartsOf(userId), sort: cartId };
    if (status !== 'checkedOut') return undefined;
    return { index: BY_USER, partition: ordersOf(userId), sort: `${checkedOutAt}/${cartId}` };
  },
  expiresAt: ({ expiresAt }) =>
    expiresAt === undefined ? undefined : Math.floor(Date.parse(expiresAt) / 1000),
};

const catalog: EntityType<CatalogEntry> = { name: 'catalog' };

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

export function catalogKey(productId: string): Key<CatalogEntry> {
  return key(catalog, productId);
}

export function snapshotProductKey(snapshotId: string, productId: string): Key<SnapshotProduct> {
  return key(snapshotProducts, `${snapshotId}/${productId}`);
}
