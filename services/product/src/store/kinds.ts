import { type Key, key, type Kind } from '@tandem/storage/table';
import type { StoredProduct } from '../domain/product.ts';
import type { Reservation } from '../domain/reservation.ts';

/** The index of the products that are not deleted. */
export const BY_CATEGORY = 'byCategory';

/** How long a cart's last word on a product is remembered once it holds nothing: longer than any event can be late. */
const RELEASED_RESERVATION_SECONDS = 30 * 24 * 60 * 60;

export const products: Kind<StoredProduct> = {
  name: 'product',
  index: (state) =>
    'deleted' in state
      ? undefined
      : { index: BY_CATEGORY, partition: categoryPartition(state.category), sort: state.productId },
};

export const reservations: Kind<Reservation> = {
  name: 'reservation',
  expiresAt: ({ held, updatedAt }) =>
    held > 0 ? undefined : Math.floor(Date.parse(updatedAt) / 1000) + RELEASED_RESERVATION_SECONDS,
};

export function productKey(productId: string): Key<StoredProduct> {
  return key(products, productId);
}

export function reservationKey(productId: string, cartId: string): Key<Reservation> {
  return key(reservations, `${productId}/${cartId}`);
}

/** The partition of the index that holds a category's products; products without a category share one. */
export function categoryPartition(category: string | undefined): string {
  return category === undefined ? 'none' : `category/${category}`;
}
