import type { z } from 'zod';
import type { EventType, eventSchemas } from './events.ts';
import { cartLineChange, closedCart, productState, reservedUnits } from './example-parts.ts';

type EventInput<T extends EventType> = z.input<(typeof eventSchemas)[T]>;

/** Valid bodies of every event type; the first of each type is a typical event of ours. */
export const eventExamples: { readonly [T in EventType]: readonly [EventInput<T>, ...EventInput<T>[]] } = {
  ProductCreated: [{ eventType: 'ProductCreated', ...productState, version: 1 }],
  ProductUpdated: [
    {
      eventType: 'ProductUpdated',
      ...productState,
      reserved: [reservedUnits],
    },
    {
      eventType: 'ProductUpdated',
      productId: 'prod-123',
      name: 'Acme Widget',
      price: 1999,
      currency: 'USD',
      inventory: 120,
      updatedAt: '2026-02-14T15:00:00Z',
      version: 42,
    },
  ],
  ProductSnapshot: [{ eventType: 'ProductSnapshot', ...productState, snapshotId: 'snapshot-7' }],
  ProductEdited: [
    {
      eventType: 'ProductEdited',
      eventId: 'product/prod-123/42/1',
      schemaVersion: 1,
      productId: 'prod-123',
      name: 'Acme Widget',
      price: 1999,
      currency: 'USD',
      previousName: 'Acme Widget',
      previousPrice: 2499,
      previousCurrency: 'USD',
      version: 42,
      timestamp: '2026-02-14T15:00:00Z',
    },
  ],
  ProductDeleted: [
    {
      eventType: 'ProductDeleted',
      eventId: 'product/prod-123/43/0',
      schemaVersion: 1,
      productId: 'prod-123',
      version: 43,
      updatedAt: '2026-02-14T16:00:00Z',
    },
  ],
  ProductSnapshotCompleted: [
    {
      eventType: 'ProductSnapshotCompleted',
      eventId: 'snapshot/snapshot-7/completed',
      schemaVersion: 1,
      snapshotId: 'snapshot-7',
      productCount: 250,
      timestamp: '2026-02-14T14:00:09Z',
    },
  ],
  InventoryReservationRejected: [
    {
      eventType: 'InventoryReservationRejected',
      eventId: 'product/prod-123/44/0',
      schemaVersion: 1,
      cartId: 'cart-abc',
      productId: 'prod-123',
      requestedQty: 3,
      availableQty: 1,
      keptQty: 1,
      heldUntil: '2026-02-14T15:20:00Z',
      cartVersion: 10,
      productVersion: 44,
      revision: 2,
      timestamp: '2026-02-14T15:05:01Z',
    },
  ],
  InventoryReservationExpired: [
    {
      eventType: 'InventoryReservationExpired',
      eventId: 'reservation/prod-123/cart-abc/3/0',
      schemaVersion: 1,
      cartId: 'cart-abc',
      productId: 'prod-123',
      qty: 3,
      cartVersion: 10,
      productVersion: 45,
      revision: 3,
      timestamp: '2026-02-14T15:20:12Z',
    },
  ],
  InventoryShort: [
    {
      eventType: 'InventoryShort',
      eventId: 'reservation/prod-123/cart-abc/4/0',
      schemaVersion: 1,
      cartId: 'cart-abc',
      productId: 'prod-123',
      qty: 3,
      missingQty: 1,
      cartVersion: 11,
      timestamp: '2026-02-14T15:10:01Z',
    },
  ],
  InventoryReserved: [
    {
      eventType: 'InventoryReserved',
      eventId: 'reservation/prod-123/cart-abc/10/0',
      schemaVersion: 1,
      cartId: 'cart-abc',
      productId: 'prod-123',
      qty: 3,
      heldUntil: '2026-02-14T15:20:00Z',
      cartVersion: 10,
      productVersion: 44,
      revision: 2,
      timestamp: '2026-02-14T15:05:01Z',
    },
  ],
  ProductAddedToCart: [
    { eventType: 'ProductAddedToCart', ...cartLineChange },
    { eventType: 'ProductAddedToCart', ...cartLineChange, cartVersion: 2, opensCart: true },
    {
      eventType: 'ProductAddedToCart',
      ...cartLineChange,
      movedFrom: [{ cartId: 'cart-guest', cartVersion: 4 }],
    },
    {
      eventType: 'ProductAddedToCart',
      cartId: 'cart-abc',
      userId: 'user-123',
      productId: 'prod-123',
      priceAtAdd: 1999,
      qty: 2,
      timestamp: '2026-02-14T15:05:00Z',
      cartVersion: 10,
    },
  ],
  ProductRemovedFromCart: [
    {
      eventType: 'ProductRemovedFromCart',
      ...cartLineChange,
      qty: 1,
      lineQty: 0,
      movedFrom: [{ cartId: 'cart-guest', cartVersion: 4 }],
      cartVersion: 12,
    },
    {
      eventType: 'ProductRemovedFromCart',
      ...cartLineChange,
      cartId: 'cart-guest',
      userId: null,
      lineQty: 0,
      cartVersion: 4,
      movedTo: { cartId: 'cart-abc', cartVersion: 10 },
    },
  ],
  CartCheckedOut: [{ eventType: 'CartCheckedOut', ...closedCart, userId: 'user-123' }],
  CartExpired: [{ eventType: 'CartExpired', ...closedCart }],
  InventoryReservationRequested: [
    {
      eventType: 'InventoryReservationRequested',
      eventId: 'cart/cart-abc/13/0',
      schemaVersion: 1,
      cartId: 'cart-abc',
      userId: 'user-123',
      items: [
        { productId: 'prod-123', qty: 3 },
        { productId: 'prod-456', qty: 1, movedFrom: [{ cartId: 'cart-guest', cartVersion: 4 }] },
      ],
      timestamp: '2026-02-14T15:19:00Z',
      cartVersion: 13,
    },
  ],
  ProductSnapshotRequested: [
    {
      eventType: 'ProductSnapshotRequested',
      eventId: 'cart/sync/1/0',
      schemaVersion: 1,
      requestId: 'request-1',
      timestamp: '2026-02-14T14:00:00Z',
    },
    {
      eventType: 'ProductSnapshotRequested',
      requestId: 'request-1',
      timestamp: '2026-02-14T14:00:00Z',
      cursor: 'eyJwcm9kdWN0SWQiOiJwcm9kLTEyMyJ9',
      publishedCount: 100,
    },
  ],
};
