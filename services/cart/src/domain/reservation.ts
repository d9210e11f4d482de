import type { EventOf } from '@tandem/contracts/events';
import type { Cart, CartDecision } from './cart.ts';
import { type Line, lineOf, withLine } from './line.ts';

/** Notes that Product holds what the line asked for, unless its quantity has changed since. */
export function markReserved(
  cart: Cart,
  { productId, cartVersion }: EventOf<'InventoryReserved'>,
): CartDecision {
  const line = lineAskedFor(cart, productId, cartVersion);
  return line && !line.reserved ? answered(cart, { ...line, reserved: true }) : { state: cart, events: [] };
}

/**
 * Marks the line whose reservation was rejected, unless its quantity has changed since. Product answers each quantity
 * once; should it ever have said both, no is the safer one to believe.
 */
export function markRejected(cart: Cart, rejection: EventOf<'InventoryReservationRejected'>): CartDecision {
  const { productId, cartVersion, availableQty, timestamp } = rejection;
  const line = lineAskedFor(cart, productId, cartVersion);
  if (!line) return { state: cart, events: [] };
  const { reserved: _, ...asked } = line;
  return answered(cart, { ...asked, rejected: { availableQty, at: timestamp } });
}

/** The line that an answer is about, if the question still stands and was not answered by a no. */
function lineAskedFor({ status, lines }: Cart, productId: string, cartVersion: number): Line | undefined {
  const line = lineOf(lines, productId);
  return status === 'open' && line?.changedAt === cartVersion && !line.rejected ? line : undefined;
}

function answered(cart: Cart, line: Line): CartDecision {
  return { state: { ...cart, lines: withLine(cart.lines, line), version: cart.version + 1 }, events: [] };
}
