import type { Line } from '../../commerce.ts';

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
