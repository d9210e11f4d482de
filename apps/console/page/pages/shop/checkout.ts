import { type Asked, Problem } from '../../api.ts';
import { type Cart, cartPath } from '../../commerce.ts';
import { askAsUser, cart, doings, rejected, remember, sold } from './basket.ts';

/** A checkout without a response so far: repeated with the same key, it happens once. */
let unanswered: { readonly order: string; readonly key: string } | undefined;

/** Checks out the cart at the total that is shown. Where that is rejected, it says why and reads the cart again. */
export function checkOut(): Promise<void> {
  return doings.run('checkout', async () => {
    if (!cart.value) return;
    const { cartId: id, totalAmount, currency } = cart.value;
    const body = { totalAmount, ...(currency !== null && { currency }) };
    const order = JSON.stringify([id, body]);
    if (unanswered?.order !== order) unanswered = { order, key: crypto.randomUUID() };
    const asked: Asked = { method: 'POST', body, idempotencyKey: unanswered.key };
    const isShown = remember();
    try {
      const answer = await askAsUser<Cart>(cartPath(id, 'checkout'), asked);
      unanswered = undefined;
      if (isShown()) sold(answer);
    } catch (error) {
      if (error instanceof Problem && error.status >= 400 && error.status < 500) unanswered = undefined;
      await rejected(isShown)(error);
    }
  });
}
