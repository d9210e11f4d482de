import type { Cart, Line } from '../../commerce.ts';

/** Line that can be checked out, for tests. */
export const line: Line = {
  productId: 'mug',
  name: 'Mug',
  qty: 2,
  priceAtAdd: 1200,
  currentPrice: 1200,
  priceChanged: false,
  availability: 'available',
  availableQty: 10,
  hold: 'held',
};

/** Cart with these lines. */
export const cartOf = (...items: readonly Line[]): Cart => ({
  cartId: 'cart-a',
  userId: null,
  status: 'open',
  items,
  totalAmount: 0,
  currency: 'EUR',
  version: 1,
});
/** That line, whose price has changed. */
export const dearer: Line = { ...line, currentPrice: 1500, priceChanged: true };
