/**
 * What shops ask of a catalog: of 1,000 requests 20 change it. A fifth of the reads of one product know its ETag, as a
 * browser does that comes back to a page.
 */
const product = {
  'read a product': 560,
  'read a product again': 140,
  'list products': 280,
  'change a price': 12,
  'move stock': 6,
  'put a product': 2,
} as const;

/** What they ask of carts: half of it changes something. Of 100 carts 36 are bought, which is more than most shops see. */
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

/** The requests of each service, weighted: what the load test sends and the bill is made of. */
export const mix = { product, cart } as const;

/** Requests a minute at the peak that the system is built for. */
export const PEAK_PER_MINUTE = { product: 5_000, cart: 1_000 } as const;

export type Operation = keyof typeof product | keyof typeof cart;
