import type { EventOf } from '@tandem/contracts/events';
import type { Cart, CartDecision } from './cart.ts';
import { type Line, lineOf, withLine } from './line.ts';

/** Notes that Product holds what the line asked for, unless its quantity has changed since. */
export function markReserved(cart: Cart, confirmation: EventOf<'InventoryReserved'>): CartDecision {
  return answered(cart, confirmation, { reserved: true });
}

/** Marks the line whose reservation was rejected, unless its quantity has changed since. */
export function markRejected(cart: Cart, rejection: EventOf<'InventoryReservationRejected'>): CartDecision {
  const { availableQty, timestamp } = rejection;
  return answered(cart, rejection, { rejected: { availableQty, at: timestamp } });
}

/** Product answers each quantity of a line once: whatever comes later for the same one is a repetition. */
function answered(
  cart: Cart,
  { productId, cartVersion }: { readonly productId: string; readonly cartVersion: number },
  answer: Pick<Line, 'reserved' | 'rejected'>,
): CartDecision {
  const line = lineOf(cart.lines, productId);
  const isNews = line?.changedAt === cartVersion && !line.reserved && !line.rejected;
  if (cart.status !== 'open' || !isNews) return { state: cart, events: [] };
  const lines = withLine(cart.lines, { ...line, ...answer });
  return { state: { ...cart, lines, version: cart.version + 1 }, events: [] };
}
