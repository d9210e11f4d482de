import { DomainError } from '@tandem/chassis/errors';
import type { Cart } from './cart.ts';
import type { VisibleCart } from './view.ts';

/** Access rights of a caller. */
export interface Access {
  /** The user; undefined for a guest. */
  readonly userId: string | undefined;
  /** Whether the caller knows the secret of a guest's cart. The public id grants no access. */
  readonly knowsSecretOf: (cartId: string) => boolean;
}

/**
 * Returns a cart that the caller may access: its user, or for a guest's cart any caller who knows its secret. Throws
 * `notFound` for all others, and for a deleted cart.
 */
export function visibleTo(access: Access, cart: Cart | undefined): VisibleCart {
  if (cart && isVisible(cart) && isOwnedBy(access, cart)) return cart;
  throw new DomainError('notFound', 'cart-not-found', 'Cart not found. Check its id.');
}

/** Returns the source of a merge, like `visibleTo`; for a retry of the merge, the source may have been deleted since. */
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
