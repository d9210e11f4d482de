import { ask } from '../../api.ts';
import { type Cart, type CartPage, cartPath, openCart } from '../../commerce.ts';
import { cartId, user } from '../../session.ts';
import { begin, bought, cart, doings, isGone, say, show } from './basket.ts';
import { linesOf, personOf } from './notices.ts';

/**
 * Signs a demo user in: the guest's cart moves into theirs. Where it cannot, the guest stays a guest and keeps the
 * cart.
 */
export function signIn(name: string): Promise<void> {
  return doings.run('sign-in', async () => {
    const { body } = await ask<{ token: string }>('/console/sign-in', {
      method: 'POST',
      body: { user: name },
    });
    const { token } = body;
    const mine = await ask<CartPage>('/carts?mine=true&status=open', { token });
    const own = mine.body.items[0] ?? (await openCart(token));
    const guest = cartId.value;
    const moved = cart.value?.items.length ?? 0;
    const merged = guest === undefined ? undefined : await merge(own.cartId, guest, token);
    user.value = { name, token };
    begin();
    bought.value = undefined;
    show(merged ?? own);
    const whose = `${personOf(name)}'s cart`;
    say([merged && moved > 0 ? `${linesOf(moved)} moved into ${whose}.` : `This is ${whose}.`]);
  });
}

/** Leaves as a new guest; the user's cart is kept. */
export function signOut(): void {
  const { name = '' } = user.value ?? {};
  user.value = undefined;
  begin();
  bought.value = undefined;
  say([`You are a guest again. ${personOf(name)}'s cart is kept.`]);
}

/** Undefined where there is nothing to be moved any more. */
async function merge(into: string, from: string, token: string): Promise<Cart | undefined> {
  const asked = { method: 'POST', body: { fromCartId: from }, token } as const;
  try {
    const { body } = await ask<Cart>(cartPath(into, 'merge'), asked);
    return body;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
