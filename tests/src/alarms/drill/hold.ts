import { client } from '../../support/http.ts';
import { until } from '../../support/until.ts';

export interface HoldOptions {
  readonly productId: string;
  readonly onHand: number;
  readonly qty: number;
}

/** Creates a product and a cart that holds some of its units; resolves to the cart's id. */
export async function hold(url: string, { productId, onHand, qty }: HoldOptions): Promise<string> {
  const api = client(url);
  await api.putProduct(productId, { inventory: onHand });
  const cartId = await api.openCart();
  await api.fill(cartId, { [productId]: qty });
  await until(
    async () => (await api.cart(cartId)).body.items[0]?.hold,
    (hold) => hold === 'held',
  );
  return cartId;
}
