/**
 * Weights of requests to Product: 20 of 1,000 are writes. A fifth of the reads of one product are conditional (ETag), as from
 * a browser that returns to a page.
 */
const product = {
  'read a product': 560,
  'read a product again': 140,
  'list products': 280,
  'change a price': 12,
  'move stock': 6,
  'put a product': 2,
} as const;

/** Weights of requests to Cart: half are writes. 36 of 100 carts are checked out, more than in most shops. */
const cart = {
  'read a cart': 500,
  'open a cart': 100,
  'add a line': 230,
  'set a quantity': 70,
  'remove a line': 40,
  'check out': 36,
  'merge carts': 12,
  'accept a price': 12,
} as const;

/** Request mix of each service by weight, for the load test and the bill. */
export const mix = { product, cart } as const;

/** Peak load that the system is designed for, in requests per minute. */
export const PEAK_PER_MINUTE = { product: 5_000, cart: 1_000 } as const;

export type Operation = keyof typeof product | keyof typeof cart;
