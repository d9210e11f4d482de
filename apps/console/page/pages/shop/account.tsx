import { Problem, request } from '../../api.ts';
import { type Cart, cartPath, type ListPage, openCart } from '../../commerce.ts';
import { about } from '../../live.ts';
import { linkTo } from '../../parts/address.ts';
import { Button, ErrorNotice } from '../../parts/controls.tsx';
import { capitalized, counted } from '../../parts/format.ts';
import { cartId, guestCartId, guestOrders, user } from '../../session.ts';
import { actions, announce, currentCart, isGone, resetCart, showCart } from './cart-state.ts';
import { mergeText } from './notices.ts';

/** Sign-in as one of the demo users, and sign-out. `onDone` is called after either. */
export function Account({ onDone }: { readonly onDone: () => void }) {
  const isDisabled = actions.isPending('sign-in');
  const leave = () => {
    signOut();
    onDone();
  };
  if (user.value)
    return (
      <div class="account row small">
        <span>Signed in as {capitalized(user.value.name)}</span>
        <a href={linkTo('shop', 'orders')}>Orders</a>
        <Button isQuiet isDisabled={isDisabled} onPress={leave}>
          Sign out
        </Button>
        <KeptApart />
      </div>
    );
  if (!about.value) return null;
  return (
    <>
      <div class="account row small">
        <span>You are a guest. Sign in as</span>
        {about.value.demoUsers.map((name) => (
          <Button
            key={name}
            isQuiet
            isDisabled={isDisabled}
            label={`Sign in as ${capitalized(name)}`}
            onPress={() => void signIn(name).then(onDone)}
          >
            {capitalized(name)}
          </Button>
        ))}
        {guestOrders.value.length > 0 && <a href={linkTo('shop', 'orders')}>Orders</a>}
      </div>
      <ErrorNotice message={actions.errorOf('sign-in')} />
    </>
  );
}

/** Notice that a guest's cart waits, which could not be merged into the user's. */
function KeptApart() {
  return guestCartId.value === undefined ? null : (
    <p class="notice">Your cart as a guest is kept. Sign out to return to it.</p>
  );
}

/**
 * Signs in a demo user and merges the guest's cart into the user's. Carts that cannot be merged are both kept: the guest's is
 * shown again after the sign-out.
 */
function signIn(name: string): Promise<boolean> {
  return actions.run('sign-in', async () => {
    const { body } = await request<{ token: string }>('/console/sign-in', {
      method: 'POST',
      body: { user: name },
    });
    const { token } = body;
    const mine = await request<ListPage<Cart>>('/carts?mine=true&status=open', { token });
    const own = mine.body.items[0] ?? (await openCart(token));
    const guest = cartId.value;
    const guestCart = currentCart();
    const merged = guest === undefined ? undefined : await merge(own.cartId, guest, token);
    const whose = `${capitalized(name)}'s cart`;
    resetCart();
    user.value = { name, token };
    if (merged instanceof Problem) {
      guestCartId.value = guest;
      showCart(own);
      announce([mergeText(merged, whose, guestCart?.currency, own.currency)]);
      return;
    }
    showCart(merged ?? own);
    const moved = guestCart?.items.length ?? 0;
    announce([merged && moved > 0 ? `${counted(moved, 'line')} moved into ${whose}.` : `This is ${whose}.`]);
  });
}

/** Signs out: a guest with the cart that was kept apart, if any; the user's cart is kept. */
function signOut(): void {
  const { name = '' } = user.value ?? {};
  user.value = undefined;
  resetCart();
  cartId.value = guestCartId.value;
  guestCartId.value = undefined;
  announce([`You are a guest again. ${capitalized(name)}'s cart is kept.`]);
}

/** Merges a cart into another; undefined if the source no longer exists or is closed, the problem if the two do not fit together. */
async function merge(targetId: string, sourceId: string, token: string): Promise<Cart | Problem | undefined> {
  const options = { method: 'POST', body: { fromCartId: sourceId }, token } as const;
  try {
    return (await request<Cart>(cartPath(targetId, 'merge'), options)).body;
  } catch (error) {
    if (isGone(error)) return undefined;
    if (error instanceof Problem && error.status === 409) return error;
    throw error;
  }
}
