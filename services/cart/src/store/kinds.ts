import { type Key, key, type Kind } from '@tandem/storage/table';
import type { Cart } from '../domain/cart.ts';
import type { CatalogEntry } from '../domain/catalog.ts';
import type { CatalogSync } from '../domain/catalog-sync.ts';

/** The index of the open carts that belong to a user. */
export const BY_USER = 'byUser';

export const carts: Kind<Cart> = {
  name: 'cart',
  index: ({ status, userId, cartId }) =>
    status === 'open' && userId !== null ? { index: BY_USER, partition: userId, sort: cartId } : undefined,
  expiresAt: ({ expiresAt }) => Math.floor(Date.parse(expiresAt) / 1000),
};

const catalog: Kind<CatalogEntry> = { name: 'catalog' };

const catalogSync: Kind<CatalogSync> = { name: 'catalog-sync' };

export const catalogSyncKey: Key<CatalogSync> = key(catalogSync, 'snapshot');

export function cartKey(cartId: string): Key<Cart> {
  return key(carts, cartId);
}

export function catalogKey(productId: string): Key<CatalogEntry> {
  return key(catalog, productId);
}
