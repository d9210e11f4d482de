import { signal } from '@preact/signals';
import { request, type RequestOptions, Problem } from '../../api.ts';
import { type Cart, cartPath, currentPriceOf, type Line, type Product } from '../../commerce.ts';
import { createActionState } from '../../action-state.ts';
import { capitalized } from '../../parts/format.ts';
import { cartId, user } from '../../session.ts';
import { changesBetween } from './notices.ts';
import { explainRejection } from './rejection.ts';

/** Cart in the shop; undefined while none is open. */
export const cart = signal<Cart | undefined>(undefined);
/** Latest order. */
export const lastOrder = signal<Cart | undefined>(undefined);
/** Latest announcement about the cart, for a live region. */
export const announcement = signal('');
/** Actions: `add:ID` and `line:ID` of a product, `hold`, `checkout`, `cart` and `sign-in`. */
export const actions = createActionState();

/** Shows a cart and announces its changes, unless a newer version of it is shown already. */
export function showCart(next: Cart): void {
  const shown = cart.value;
  const isSame = shown?.cartId === next.cartId;
  if (isSame && next.version < shown.version) return;
  const changes = isSame ? changesBetween(shown, next) : [];
  announce(changes);
  cart.value = next;
  cartId.value = next.cartId;
  const isInCart = (name: string) => next.items.some(({ productId }) => name === `line:${productId}`);
  actions.clearErrors((name) => name.startsWith('line:') && !isInCart(name));
  // Errors about an older version of the cart no longer apply.
  if (changes.length > 0) actions.clearErrors((name) => name === 'checkout' || name === 'hold');
}

/** Shows no cart: adding a product opens the next one. */
export function resetCart(): void {
  cart.value = undefined;
  cartId.value = undefined;
  actions.clearErrors((name) => name !== 'sign-in');
}

/** Replaces the announcement; without sentences it stays. */
export function announce(sentences: readonly string[]): void {
  if (sentences.length > 0) announcement.value = sentences.join(' ');
}

/**
 * Captures the current user and cart. The returned function is true while both are unchanged: a response that arrives
 * after a sign-in, a sign-out or a change of the cart must not be shown.
 */
export function captureSession(): () => boolean {
  const owner = user.value;
  const id = cartId.value;
  return () => user.value === owner && cartId.value === id;
}

/** Sends a request to the Cart API as the current user. A 401 response signs the user out. */
export async function requestAsUser<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const owner = user.value;
  try {
    const { body } = await request<T>(path, { ...options, token: owner?.token });
    return body;
  } catch (error) {
    if (error instanceof Problem && error.status === 401 && owner && user.value === owner) {
      const name = capitalized(owner.name);
      user.value = undefined;
      resetCart();
      announce([`Your session has expired. Sign in again to see ${name}'s cart.`]);
    }
    throw error;
  }
}

/** Reloads the cart. A cart that was checked out meanwhile is shown as an order; a deleted one is dropped. */
export function readCart(): Promise<void> {
  return actions.run('cart', async () => {
    const id = cartId.value;
    if (id === undefined) return;
    const isShown = captureSession();
    const found = await requestAsUser<Cart>(cartPath(id)).catch(resetIfGone(isShown));
    if (!isShown() || !found) return;
    if (found.status === 'checkedOut') showOrder(found);
    else if (found.status === 'merged') resetCart();
    else showCart(found);
  });
}

/** Adds one unit of a product to the cart; opens a cart if there is none. */
export function add({ productId }: Pick<Product, 'productId'>): Promise<void> {
  return actions.run(`add:${productId}`, () => putItem(productId));
}

async function putItem(productId: string, isRetry = false): Promise<void> {
  const isShown = captureSession();
  const id = cartId.value;
  if (id === undefined) {
    const opened = await requestAsUser<Cart>('/carts', { method: 'POST' });
    if (isShown()) showCart(opened);
    return putItem(productId, isRetry);
  }
  try {
    const options = { method: 'POST', body: { productId, qty: 1 } } as const;
    const filled = await requestAsUser<Cart>(cartPath(id, 'items'), options);
    if (!isShown()) return;
    showCart(filled);
    lastOrder.value = undefined;
  } catch (error) {
    if (isRetry || !isGone(error)) throw explainRejection(error);
    if (isShown()) resetCart();
    return putItem(productId, true);
  }
}

/** Sets the quantity of a line; 0 removes it. */
export function setQty(productId: string, qty: number): Promise<void> {
  return changeLine(productId, { method: 'PUT', body: { qty } });
}

/** Accepts the price of a line that is shown: the service rejects it if the price has changed again. */
export function acceptPrice(line: Line): Promise<void> {
  const { price, currency } = currentPriceOf(line, cart.value?.currency ?? null);
  const body = { price, ...(currency !== null && { currency }) };
  return changeLine(line.productId, { method: 'POST', body }, 'accept-price');
}

export function remove(productId: string): Promise<void> {
  return changeLine(productId, { method: 'DELETE' });
}

function changeLine(
  productId: string,
  options: RequestOptions,
  ...subpath: readonly string[]
): Promise<void> {
  return actions.run(`line:${productId}`, async () => {
    const id = cartId.value;
    if (id === undefined) return;
    const isShown = captureSession();
    const path = cartPath(id, 'items', productId, ...subpath);
    const changed = await requestAsUser<Cart>(path, options).catch(handleRejection(isShown));
    if (changed && isShown()) showCart(changed);
  });
}

/** Requests missing holds of the cart again and renews the others. */
export function holdAgain(): Promise<void> {
  return actions.run('hold', async () => {
    const id = cartId.value;
    if (id === undefined) return;
    const isShown = captureSession();
    const requested = await requestAsUser<Cart>(cartPath(id, 'hold'), { method: 'POST' }).catch(
      handleRejection(isShown),
    );
    if (requested && isShown()) showCart(requested);
  });
}

/** Shows a checked-out cart as the latest order; adding a product opens the next cart. */
export function showOrder(cart: Cart): void {
  resetCart();
  lastOrder.value = cart;
  announce(['Order placed. Adding a product opens a new cart.']);
}

/** Rethrows a rejection with an explanation, after reloading the cart on 409: the request was based on an older version. */
export function handleRejection(isShown: () => boolean): (error: unknown) => Promise<undefined> {
  return async (error) => {
    if (isShown() && error instanceof Problem && error.status === 409) await readCart();
    return resetIfGone(isShown)(explainRejection(error));
  };
}

/** Resets a deleted cart and rethrows other errors; ignores errors of a cart that is no longer shown. */
function resetIfGone(isShown: () => boolean): (error: unknown) => undefined {
  return (error) => {
    if (!isShown()) return;
    if (!isGone(error)) throw error;
    resetCart();
    announce(['This cart no longer exists. Adding a product opens a new one.']);
  };
}

/** Whether an error means that the cart was deleted or closed. */
export function isGone(error: unknown): boolean {
  return error instanceof Problem && (error.code === 'cart-not-found' || error.code === 'cart-closed');
}
