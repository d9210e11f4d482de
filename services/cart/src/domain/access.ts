import { DomainError } from '@tandem/chassis/errors';
import type { Cart } from './cart.ts';
import type { VisibleCart } from './view.ts';

/**
 * The cart, for whoever may see it: a user's cart is its user's alone, a guest's is anyone's who knows its id. To
 * everybody else, and when it is deleted, there is no such cart.
 */
export function visibleTo(caller: string | undefined, cart: Cart | undefined, cartId: string): VisibleCart {
  if (cart && isVisible(cart) && (cart.userId === null || cart.userId === caller)) return cart;
  throw new DomainError('notFound', 'cart-not-found', `there is no cart ${cartId}`);
}

function isVisible(cart: Cart): cart is VisibleCart {
  return cart.status !== 'deleted';
}
