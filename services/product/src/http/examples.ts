/** Examples of the OpenAPI document: products as a bicycle shop sells them. */

const content = {
  name: 'Repair stand, foldable',
  description: 'Holds a tandem of up to 30 kg.\nFolds to a length of 1.2 m.',
  category: 'tools',
  price: 8990,
  currency: 'EUR',
  maxPerCart: 5,
};

/** Without an id: each request with it creates another product. */
export const newProduct = { ...content, inventory: 25 };

export const productReplacement = { ...content, price: 7990, inventory: 25 };

export const productPatch = { price: 7990, maxPerCart: null };

export const stockChange = { delta: 24 };

export const product = {
  productId: 'bell-duo',
  name: 'Bell Duo, two tones',
  category: 'accessories',
  price: 1490,
  currency: 'EUR',
  inventory: 247,
  onHand: 250,
  held: 3,
  version: 42,
  updatedAt: '2026-02-14T15:05:00.000Z',
  createdAt: '2026-01-05T09:00:00.000Z',
};

/** Cursors are opaque. */
export const cursor = 'WyJieUNhdGVnb3J5IiwiY2F0ZWdvcnkvYWNjZXNzb3JpZXMiLCJiZWxsLWR1byJd';

export const hold = {
  cartId: 'cart-ilvbTMFRZBJsbvJmjendJA',
  holder: 'guest',
  qty: 3,
  heldUntil: '2026-02-14T15:20:00.000Z',
} as const;

export const importResult = {
  created: 211,
  updated: 12,
  unchanged: 26,
  rejected: [{ line: 14, reason: '/price: must be a whole number' }],
};
