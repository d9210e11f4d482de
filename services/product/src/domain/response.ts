import type { NewEvent } from '@tandem/contracts/events';
import type { Reservation } from './reservation.ts';
import { availableOf, type Stock } from './stock.ts';

/** The confirmation of a hold as part of the product's event. */
export function confirmationOf({ cartId, held, cartVersion, heldUntil, version }: Reservation) {
  return { cartId, qty: held, cartVersion, ...(heldUntil && { heldUntil }), revision: version };
}

/** The response to the newest request of a cart, with the stock after the whole batch. */
export function responseOf(state: Reservation, stock: Stock, productVersion: number | undefined): NewEvent {
  const { productId, cartId, held, requestedQty, cartVersion, heldUntil, updatedAt: timestamp } = state;
  const order = { ...(productVersion && { productVersion }), revision: state.version };
  const common = { cartId, productId, cartVersion, ...order, timestamp };
  switch (state.outcome) {
    case 'held':
      return { eventType: 'InventoryReserved', ...common, qty: held, ...(heldUntil && { heldUntil }) };
    case 'expired':
      return { eventType: 'InventoryReservationExpired', ...common, qty: requestedQty };
    default:
      return {
        eventType: 'InventoryReservationRejected',
        ...common,
        requestedQty,
        availableQty: held + availableOf(stock),
        keptQty: held,
        ...(held > 0 && heldUntil && { heldUntil }),
      };
  }
}
