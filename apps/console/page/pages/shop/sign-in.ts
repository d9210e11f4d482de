import { request } from '../../api.ts';
import { type Cart, type CartPage, cartPath, openCart } from '../../commerce.ts';
import { capitalized, counted } from '../../parts/format.ts';
import { cartId, user } from '../../session.ts';
import { resetCart, lastOrder, cart, actions, isGone, announce, showCart } from './cart-state.ts';

/**
 * Signs in a demo user and merges the guest's cart into the user's. If that fails, the guest stays signed out and keeps
 * the cart.
 */
export function signIn(name: string): Promise<void> {
  return actions.run('sign-in', async () => {
    const { body } = await request<{ token: string }>('/console/sign-in', {
      method: 'POST',
      body: { user: name },
    });
    const { token } = body;
    const mine = await request<CartPage>('/carts?mine=true&status=open', { token });
    const own = mine.body.items[0] ?? (await openCart(token));
    const guest = cartId.value;
    const moved = cart.value?.items.length ?? 0;
    const merged = guest === undefined ? undefined : await merge(own.cartId, guest, token);
    user.value = { name, token };
    resetCart();
    lastOrder.value = undefined;
    showCart(merged ?? own);
    const whose = `${capitalized(name)}'s cart`;
    announce([merged && moved > 0 ? `${counted(moved, 'line')} moved into ${whose}.` : `This is ${whose}.`]);
  });
}

/** Signs out: a new guest without a cart; the user's cart is kept. */
export function signOut(): void {
  const { name = '' } = user.value ?? {};
  user.value = undefined;
  resetCart();
  lastOrder.value = undefined;
  announce([`You are a guest again. ${capitalized(name)}'s cart is kept.`]);
}

/** Merges a cart into another; undefined if the source no longer exists or is closed. */
async function merge(targetId: string, sourceId: string, token: string): Promise<Cart | undefined> {
  const options = { method: 'POST', body: { fromCartId: sourceId }, token } as const;
  try {
    const { body } = await request<Cart>(cartPath(targetId, 'merge'), options);
    return body;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
