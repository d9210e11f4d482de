import { type RequestOptions, Problem } from '../../api.ts';
import { type Cart, cartPath } from '../../commerce.ts';
import { requestAsUser, cart, actions, handleRejection, captureSession, showOrder } from './cart-state.ts';

/** Checkout without a response so far: a retry with the same idempotency key takes effect once. */
let pendingCheckout: { readonly order: string; readonly key: string } | undefined;

/** Checks out the cart at the displayed total. A rejection is explained, and the cart is reloaded. */
export function checkOut(): Promise<void> {
  return actions.run('checkout', async () => {
    if (!cart.value) return;
    const { cartId: id, totalAmount, currency } = cart.value;
    const body = { totalAmount, ...(currency !== null && { currency }) };
    const order = JSON.stringify([id, body]);
    if (pendingCheckout?.order !== order) pendingCheckout = { order, key: crypto.randomUUID() };
    const options: RequestOptions = { method: 'POST', body, idempotencyKey: pendingCheckout.key };
    const isShown = captureSession();
    try {
      const ordered = await requestAsUser<Cart>(cartPath(id, 'checkout'), options);
      pendingCheckout = undefined;
      if (isShown()) showOrder(ordered);
    } catch (error) {
      if (error instanceof Problem && error.status >= 400 && error.status < 500) pendingCheckout = undefined;
      await handleRejection(isShown)(error);
    }
  });
}
