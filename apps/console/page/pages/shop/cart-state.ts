import { signal } from '@preact/signals';
import { createActionState } from '../../actions.ts';
import { type ApiResponse, request, type RequestOptions, Problem } from '../../api.ts';
import { type Cart, cartPath } from '../../commerce.ts';
import { capitalized } from '../../parts/format.ts';
import { queries, type Read, useRead } from '../../query.ts';
import { cartId, user } from '../../session.ts';
import { isCauseChanged } from './error-causes.ts';
import { changesBetween } from './notices.ts';
import { keepOrder, latestOrder } from './order-state.ts';

/** Line that was removed, which can be put back. */
export interface RemovedLine {
  readonly productId: string;
  readonly name: string;
  readonly qty: number;
}

/** Latest announcement about the cart, for a live region. */
export const announcement = signal('');
/** Line that was removed last; undefined once it is back or the cart is another one. */
export const removedLine = signal<RemovedLine | undefined>(undefined);
/** Actions: `add:ID` and `line:ID` of a product, `hold`, `checkout` and `sign-in`. */
export const actions = createActionState();

const keyOf = (id: string | undefined) => ['cart', id ?? null, user.value?.name ?? null];

/** Follows the cart of the session; no data while there is none. */
export function useCart(): Read<Cart | null> {
  return useRead<Cart | null>(keyOf(cartId.value), readCart, { enabled: cartId.value !== undefined });
}

/** The cart that is shown; undefined while none is open. */
export function currentCart(): Cart | undefined {
  return queries.getQueryData<Cart | null>(keyOf(cartId.value)) ?? undefined;
}

/** Shows a cart that a write returned, unless a newer version of it is shown already. */
export function showCart(next: Cart): void {
  queries.setQueryData(keyOf(next.cartId), newest(next));
  cartId.value = next.cartId;
}

/** Reads the cart again: a rejection was based on an older version. Waits for the result, and leaves its errors to the read. */
export async function refreshCart(): Promise<void> {
  await queries.refetchQueries({ queryKey: keyOf(cartId.value) });
}

/** Shows no cart: adding a product opens the next one. */
export function resetCart(): void {
  cartId.value = undefined;
  removedLine.value = undefined;
  actions.clearErrors((name) => name !== 'sign-in');
}

/** Replaces the announcement; without sentences it stays. */
export function announce(sentences: readonly string[]): void {
  if (sentences.length > 0) announcement.value = sentences.join(' ');
}

/**
 * The newer one of a cart that arrives and the one that is shown. Changes are announced, and the errors whose cause has
 * changed are cleared.
 */
function newest(next: Cart): Cart {
  const shown = queries.getQueryData<Cart | null>(keyOf(next.cartId));
  if (!shown) return next;
  if (next.version < shown.version) return shown;
  announce(changesBetween(shown, next));
  actions.clearErrors((name) => name !== 'sign-in' && isCauseChanged(name, shown, next));
  const removed = removedLine.value;
  if (removed && next.items.some(({ productId }) => productId === removed.productId))
    removedLine.value = undefined;
  return next;
}

/**
 * Captures the current user and cart. The returned function is true while both are unchanged: a response that arrives
 * after a sign-in, a sign-out or a change of the cart must not be shown.
 */
export function captureSession(): () => boolean {
  const owner = user.value;
  const id = cartId.value;
  return () => user.value?.token === owner?.token && cartId.value === id;
}

/** Sends a request to the Cart API as the current user. A 401 response signs the user out. */
export async function requestAsUser<T>(path: string, options: RequestOptions = {}): Promise<ApiResponse<T>> {
  const owner = user.value;
  try {
    return await request<T>(path, { ...options, token: owner?.token });
  } catch (error) {
    if (error instanceof Problem && error.status === 401 && owner && user.value?.token === owner.token) {
      user.value = undefined;
      resetCart();
      announce([`Your session has expired. Sign in again to see ${capitalized(owner.name)}'s cart.`]);
    }
    throw error;
  }
}

/** Reads the cart of the session. A cart that was checked out meanwhile is kept as an order; a deleted one is dropped. */
async function readCart(options: RequestOptions): Promise<Cart | null> {
  const id = cartId.value;
  if (id === undefined) return null;
  const isCurrent = captureSession();
  const found = await requestAsUser<Cart>(cartPath(id), options).catch(gone);
  if (!isCurrent()) return found?.body ?? null;
  if (!found) return dropCart();
  const { body: cart } = found;
  if (cart.status === 'open') return newest(cart);
  resetCart();
  if (cart.status === 'checkedOut') {
    keepOrder(cart);
    announce([`This cart was checked out. ${latestOrder(cart)}`]);
  }
  return null;
}

/** Drops a cart that was deleted or has expired. */
export function dropCart(): null {
  resetCart();
  announce(['This cart no longer exists. Adding a product opens a new one.']);
  return null;
}

/** Resolves to nothing for the error of a cart that was deleted or closed, and rethrows others. */
export function gone(error: unknown): undefined {
  if (!isGone(error)) throw error;
}

/** Whether an error means that the cart was deleted or closed. */
export function isGone(error: unknown): boolean {
  return error instanceof Problem && (error.code === 'cart-not-found' || error.code === 'cart-closed');
}
