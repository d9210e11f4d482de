import type { EventOf, TandemEvent } from '@tandem/contracts/events';
import type { Cart, CartDecision } from './cart.ts';
import { type Line, lineOf, withLine } from './line.ts';

/** What Product says of a line's stock. */
export type Answer = EventOf<'InventoryReserved' | 'InventoryReservationRejected'>;

/** What an event answers to carts. */
export function answersOf(event: TandemEvent): readonly Answer[] {
  switch (event.eventType) {
    case 'InventoryReserved':
    case 'InventoryReservationRejected':
      return [event];
    case 'ProductUpdated': {
      const { productId, reserved = [], updatedAt: timestamp } = event;
      return reserved.map((grant) => ({ eventType: 'InventoryReserved', productId, ...grant, timestamp }));
    }
    default:
      return [];
  }
}

/** Notes several answers to one cart. */
export function markAnswers(cart: Cart, answers: readonly Answer[]): CartDecision {
  const mark = (cart: Cart, answer: Answer): CartDecision =>
    answer.eventType === 'InventoryReserved' ? markReserved(cart, answer) : markRejected(cart, answer);
  return { state: answers.reduce((cart, answer) => mark(cart, answer).state, cart), events: [] };
}

/** Notes that Product holds what the line asked for, unless its quantity has changed since. */
export function markReserved(
  cart: Cart,
  { productId, cartVersion }: EventOf<'InventoryReserved'>,
): CartDecision {
  const line = lineAskedFor(cart, productId, cartVersion);
  return line && !line.reserved ? answered(cart, line, { reserved: true }) : { state: cart, events: [] };
}

/**
 * Marks the line whose reservation was rejected, unless its quantity has changed since. Product answers each quantity
 * once; should it ever have said both, no is the safer one to believe.
 */
export function markRejected(cart: Cart, rejection: EventOf<'InventoryReservationRejected'>): CartDecision {
  const { productId, cartVersion, availableQty, productVersion, timestamp } = rejection;
  const line = lineAskedFor(cart, productId, cartVersion);
  if (!line) return { state: cart, events: [] };
  const seen = productVersion === undefined ? {} : { productVersion };
  return answered(cart, line, { rejected: { availableQty, at: timestamp, ...seen } });
}

/** The line that an answer is about, if the question still stands and was not answered by a no. */
function lineAskedFor({ status, lines }: Cart, productId: string, cartVersion: number): Line | undefined {
  const line = lineOf(lines, productId);
  return status === 'open' && line && line.changedAt <= cartVersion && !line.rejected ? line : undefined;
}

function answered(cart: Cart, line: Line, answer: Pick<Line, 'reserved' | 'rejected'>): CartDecision {
  const { productId, name, qty, priceAtAdd, changedAt } = line;
  const noted: Line = { productId, name, qty, priceAtAdd, changedAt, ...answer };
  return { state: { ...cart, lines: withLine(cart.lines, noted), version: cart.version + 1 }, events: [] };
}
