import { Problem, type RequestOptions } from '../../api.ts';
import { type Cart, cartPath, currentPriceOf, type Line } from '../../commerce.ts';
import { goTo } from '../../parts/address.ts';
import { cartId } from '../../session.ts';
import {
  actions,
  announce,
  captureSession,
  currentCart,
  dropCart,
  isGone,
  refreshCart,
  type RemovedLine,
  removedLine,
  requestAsUser,
  resetCart,
  showCart,
} from './cart-state.ts';
import { follow } from './journey.ts';
import { explainRejection } from './notices.ts';
import { keepOrder, orderAddress } from './order-state.ts';

/** Product to add to the cart, with its name for messages. */
type Addable = Pick<RemovedLine, 'productId' | 'name'>;

/** Adds units of a product to the cart; opens a cart if there is none. */
export function add(product: Addable, qty = 1): Promise<boolean> {
  return actions.run(`add:${product.productId}`, () => putItem(product, qty));
}

async function putItem(product: Addable, qty: number, isRetry = false): Promise<void> {
  const isCurrent = captureSession();
  const id = cartId.value;
  if (id === undefined) {
    const { body: opened } = await requestAsUser<Cart>('/carts', { method: 'POST' });
    if (isCurrent()) showCart(opened);
    return putItem(product, qty, isRetry);
  }
  try {
    const options = { method: 'POST', body: { productId: product.productId, qty } } as const;
    const { body, headers } = await requestAsUser<Cart>(cartPath(id, 'items'), options);
    if (!isCurrent()) return;
    showCart(body);
    follow(headers);
  } catch (error) {
    if (isRetry || !isGone(error)) throw explainRejection(error, product.name);
    if (isCurrent()) resetCart();
    return putItem(product, qty, true);
  }
}

/** Sets the quantity of a line; 0 removes it. */
export function setQty(line: Line, qty: number): Promise<boolean> {
  if (qty === 0) return remove(line);
  const { productId, name } = line;
  return change(`line:${productId}`, ['items', productId], { method: 'PUT', body: { qty } }, name);
}

/** Accepts the price of a line that is shown: the service rejects it if the price has changed again. */
export function acceptPrice(line: Line): Promise<boolean> {
  const { productId, name } = line;
  const { price, currency } = currentPriceOf(line, currentCart()?.currency ?? null);
  const body = { price, ...(currency !== null && { currency }) };
  const path = ['items', productId, 'accept-price'];
  return change(`line:${productId}`, path, { method: 'POST', body }, name);
}

/** Removes a line, which can be undone. */
export async function remove({ productId, name, qty }: Line): Promise<boolean> {
  const isRemoved = await change(`line:${productId}`, ['items', productId], { method: 'DELETE' }, name);
  if (isRemoved && currentCart()) removedLine.value = { productId, name, qty };
  return isRemoved;
}

/** Puts the line back that was removed last, at its current price. */
export async function undoRemove(): Promise<boolean> {
  const removed = removedLine.value;
  return removed !== undefined && add(removed, removed.qty);
}

/** Requests missing holds of the cart again and renews the others. */
export function holdAgain(): Promise<boolean> {
  return change('hold', ['hold'], { method: 'POST' });
}

/** Changes the cart that is shown, as an action. A rejection is explained, and the cart is read again. */
function change(
  action: string,
  subpath: readonly string[],
  options: RequestOptions,
  name?: string,
): Promise<boolean> {
  return actions.run(action, async () => {
    const id = cartId.value;
    if (id === undefined) return;
    const isCurrent = captureSession();
    try {
      const { body, headers } = await requestAsUser<Cart>(cartPath(id, ...subpath), options);
      if (!isCurrent()) return;
      showCart(body);
      if (!subpath.includes('accept-price')) follow(headers);
    } catch (error) {
      await reject(error, isCurrent, name);
    }
  });
}

/** Checkout without a response so far: a retry with the same idempotency key takes effect once. */
let pendingCheckout: { readonly order: string; readonly key: string } | undefined;

/** Checks out the cart at the displayed total and opens the order. A rejection is explained, and the cart is read again. */
export function checkOut(): Promise<boolean> {
  return actions.run('checkout', async () => {
    const cart = currentCart();
    if (!cart) return;
    const { cartId: id, totalAmount, currency } = cart;
    const body = { totalAmount, ...(currency !== null && { currency }) };
    const order = JSON.stringify([id, body]);
    if (pendingCheckout?.order !== order) pendingCheckout = { order, key: crypto.randomUUID() };
    const options: RequestOptions = { method: 'POST', body, idempotencyKey: pendingCheckout.key };
    const isCurrent = captureSession();
    try {
      const { body: ordered, headers } = await requestAsUser<Cart>(cartPath(id, 'checkout'), options);
      pendingCheckout = undefined;
      if (!isCurrent()) return;
      follow(headers);
      resetCart();
      keepOrder(ordered);
      announce(['Order placed. Adding a product opens a new cart.']);
      goTo(orderAddress(ordered));
    } catch (error) {
      if (error instanceof Problem && error.status >= 400 && error.status < 500) pendingCheckout = undefined;
      await reject(error, isCurrent);
    }
  });
}

/** Rethrows a rejection with an explanation, after reading the cart again on 409; not of a cart that is shown no more. */
async function reject(error: unknown, isCurrent: () => boolean, name?: string): Promise<void> {
  if (!isCurrent()) return;
  if (error instanceof Problem && error.status === 409) await refreshCart();
  if (!isCurrent()) return;
  if (isGone(error)) dropCart();
  else throw explainRejection(error, name);
}
