import { type Key, key, type EntityType } from '@tandem/storage/table';
import type { Description, StoredProduct } from '../domain/product.ts';
import type { Reservation } from '../domain/reservation.ts';

/** Sparse index of the products that are not deleted. */
export const BY_CATEGORY = 'byCategory';

/** Sparse index of the holds that expire, in the order in which the sweep checks them. */
export const BY_HOLD_EXPIRY = 'byHoldExpiry';
/** The only partition of that index. */
export const HELD = 'held';

/** Requests older than this are ignored unless their reservation is stored. */
export const HORIZON_DAYS = 30;
/** Retention of a reservation without held units: longer than the horizon. */
const RELEASED_RESERVATION_SECONDS = (HORIZON_DAYS + 1) * 24 * 60 * 60;

export const products: EntityType<StoredProduct> = {
  name: 'product',
  index: (state) =>
    'deleted' in state
      ? undefined
      : { index: BY_CATEGORY, partition: categoryPartition(state.category), sort: state.productId },
};

export const descriptions: EntityType<Description> = { name: 'description' };

export const reservations: EntityType<Reservation> = {
  name: 'reservation',
  index: ({ held, dueAt }) =>
    held > 0 && dueAt !== undefined ? { index: BY_HOLD_EXPIRY, partition: HELD, sort: dueAt } : undefined,
  expiresAt: ({ held, updatedAt }) =>
    held > 0 ? undefined : Math.floor(Date.parse(updatedAt) / 1000) + RELEASED_RESERVATION_SECONDS,
};

export function productKey(productId: string): Key<StoredProduct> {
  return key(products, productId);
}

export function descriptionKey(productId: string): Key<Description> {
  return key(descriptions, productId);
}

export function reservationKey(productId: string, cartId: string): Key<Reservation> {
  return key(reservations, `${reservationPrefix(productId)}${cartId}`);
}

/** Beginning of the ids of a product's reservations. An id of a product has no slash. */
export function reservationPrefix(productId: string): string {
  return `${productId}/`;
}

/** Index partition of a category; products without a category share one. */
export function categoryPartition(category: string | undefined): string {
  return category === undefined ? 'none' : `category/${category}`;
}
