import type { Product } from '../../commerce.ts';

/** A product of the tests. */
export function product(fields: Partial<Product> = {}): Product {
  return {
    productId: 'bell',
    name: 'Bell',
    price: 1_490,
    currency: 'EUR',
    inventory: 10,
    onHand: 10,
    held: 0,
    version: 1,
    ...fields,
  };
}
