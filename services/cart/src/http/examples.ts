/** Examples of the OpenAPI document: a cart of a bicycle shop. */

const cartId = 'guest-AAECAwQFBgcICQoLDA0ODwGcWzYsMFtSfVa6';

const line = {
  productId: 'bell-duo',
  name: 'Bell Duo, two tones',
  qty: 2,
  priceAtAdd: 1490,
  currentPrice: 1590,
  priceChanged: true,
  availability: 'available',
  availableQty: 249,
  hold: 'held',
  heldUntil: '2026-02-14T15:20:00.000Z',
} as const;

export const cart = {
  cartId,
  userId: null,
  status: 'open',
  items: [line],
  totalAmount: 2980,
  currency: 'EUR',
  version: 3,
  updatedAt: '2026-02-14T15:05:00.000Z',
  expiresAt: '2026-02-21T15:05:00.000Z',
} as const;

/** An order as its user lists it. */
export const order = {
  cartId: 'cart-ilvbTMFRZBJsbvJmjendJA',
  userId: 'alice',
  status: 'checkedOut',
  items: [
    {
      ...line,
      priceAtAdd: 1590,
      priceChanged: false,
      availableQty: 2,
      hold: 'none',
      heldUntil: undefined,
    },
  ].map(({ heldUntil: _, ...sold }) => sold),
  totalAmount: 3180,
  currency: 'EUR',
  version: 5,
  updatedAt: '2026-02-14T15:10:00.000Z',
  checkedOutAt: '2026-02-14T15:10:00.000Z',
  orderNumber: '2FVV-KC5H-S19C',
} as const;

/** Cursors are opaque. */
export const cursor = 'WyIyMDI2LTAyLTE0VDE1OjEwOjAwLjAwMFoiLCJjYXJ0LWlsdmIiXQ';
