import { DomainError } from '@tandem/chassis/errors';
import type { Cart } from './cart.ts';
import type { VisibleCart } from './view.ts';

/** The caller that accesses a cart. */
export interface Access {
  /** The user; undefined for a guest. */
  readonly userId: string | undefined;
  /** Whether the caller named the guest's cart by its secret: the public id grants nothing. */
  readonly knowsSecretOf: (cartId: string) => boolean;
}

/**
 * The cart, if the caller may see it: a user's cart is its user's alone, a guest's belongs to whoever knows its
 * secret. To everybody else, and once it is deleted, it is not found.
 */
export function visibleTo(access: Access, cart: Cart | undefined): VisibleCart {
  if (cart && isVisible(cart) && isOwnedBy(access, cart)) return cart;
  throw new DomainError('notFound', 'cart-not-found', 'Cart not found.');
}

/** The source of a merge: one that this merge emptied already may have been deleted since. */
export function mergeableBy(access: Access, cart: Cart | undefined, targetId: string): Cart {
  if (cart?.mergedInto === targetId && isOwnedBy(access, cart)) return cart;
  return visibleTo(access, cart);
}

function isOwnedBy({ userId, knowsSecretOf }: Access, cart: Cart): boolean {
  return cart.userId === null ? knowsSecretOf(cart.cartId) : cart.userId === userId;
}

function isVisible(cart: Cart): cart is VisibleCart {
  return cart.status !== 'deleted';
}
