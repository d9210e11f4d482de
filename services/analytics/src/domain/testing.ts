import type { EventOf, EventType } from '@tandem/contracts/events';

const time = '2026-02-14T15:00:00.000Z';
const line = {
  cartId: 'c',
  userId: null,
  productId: 'p',
  priceAtAdd: 100,
  qty: 1,
  timestamp: time,
  cartVersion: 2,
};
const product = { productId: 'p', name: 'P', price: 100, currency: 'EUR', version: 1 };
const response = { cartId: 'c', productId: 'p', cartVersion: 2, revision: 1, timestamp: time };
const cart = {
  cartId: 'c',
  userId: null,
  items: [],
  totalAmount: 0,
  currency: 'EUR',
  timestamp: time,
  cartVersion: 3,
};

const examples = {
  ProductAddedToCart: line,
  ProductRemovedFromCart: line,
  CartCheckedOut: cart,
  CartExpired: cart,
  ProductCreated: { ...product, inventory: 1, updatedAt: time },
  ProductSnapshot: { ...product, inventory: 1, updatedAt: time },
  ProductEdited: {
    ...product,
    previousName: 'P',
    previousPrice: 100,
    previousCurrency: 'EUR',
    timestamp: time,
  },
  ProductSnapshotCompleted: { snapshotId: 's', productCount: 1, timestamp: time },
  InventoryReserved: { ...response, qty: 1 },
  InventoryReservationExpired: { ...response, qty: 1 },
  InventoryReservationRejected: { ...response, requestedQty: 1, availableQty: 0 },
} as const satisfies { readonly [T in EventType]?: Omit<EventOf<T>, 'eventType'> };

/** An event of this type with these fields, and plausible others. */
export function exampleOf<T extends keyof typeof examples>(
  eventType: T,
  fields: Partial<EventOf<T>>,
): EventOf<T> {
  return { eventType, ...examples[eventType], ...fields } as unknown as EventOf<T>;
}
