export const productState = {
  eventId: 'product/prod-123/42/0',
  schemaVersion: 1,
  productId: 'prod-123',
  name: 'Acme Widget',
  category: 'widgets',
  price: 1999,
  currency: 'USD',
  inventory: 120,
  onHand: 125,
  held: 5,
  maxPerCart: 10,
  incarnation: 1,
  updatedAt: '2026-02-14T15:00:00Z',
  version: 42,
};

export const cartLineChange = {
  eventId: 'cart/cart-abc/10/0',
  schemaVersion: 1,
  cartId: 'cart-abc',
  userId: 'user-123',
  productId: 'prod-123',
  priceAtAdd: 1999,
  currency: 'USD',
  qty: 2,
  lineQty: 3,
  timestamp: '2026-02-14T15:05:00Z',
  cartVersion: 10,
};

export const closedCart = {
  eventId: 'cart/cart-abc/11/0',
  schemaVersion: 1,
  cartId: 'cart-abc',
  userId: null,
  items: [{ productId: 'prod-123', qty: 3, priceAtAdd: 1999 }],
  totalAmount: 5997,
  currency: 'USD',
  timestamp: '2026-02-14T15:10:00Z',
  cartVersion: 11,
};

export const reservedUnits = {
  cartId: 'cart-abc',
  qty: 2,
  cartVersion: 10,
  heldUntil: '2026-02-14T15:20:00Z',
  revision: 1,
} as const;
