import type { AuditReport, DifferenceOutcome } from './audit.ts';
import type { Difference } from './difference.ts';

const descriptions: Readonly<Record<Difference['kind'], string>> = {
  holdWithoutLine: 'Product holds units for a cart without this line',
  holdDiffers: 'the units held in Product differ from the line',
  requestUnseen: 'the request of the line did not reach Product',
  responseLost: "Product's response did not reach the cart",
  orderNotApplied: 'the sale of the order was not applied',
  holdOverdue: 'the hold is overdue',
  stockSum: 'units on hand differ from units stocked minus units sold',
  heldSum: 'units held differ from the sum of the reservations',
  soldSum: 'units sold differ from the sum of the orders',
};

/** One line of text for a difference. */
export function line(difference: Difference, outcome: DifferenceOutcome): string {
  const { kind, productId, product } = difference;
  const where = 'cartId' in difference ? `${productId}  ${difference.cartId}` : productId;
  const values =
    'cartId' in difference
      ? `${product} in Product, ${difference.cart} in the cart`
      : `${product} in the product, ${difference.sum} by the sum`;
  return `${where}  ${descriptions[kind]}: ${values}; ${describeOutcome(difference, outcome)}\n`;
}

/** One line of JSON for a difference. */
export function jsonLine(difference: Difference, outcome: DifferenceOutcome): string {
  const { kind, productId, product, repair } = difference;
  const rest =
    'cartId' in difference ? { cartId: difference.cartId, cart: difference.cart } : { sum: difference.sum };
  const event =
    repair.kind === 'event' ? { eventType: repair.event.eventType, eventId: repair.eventId } : repair;
  return `${JSON.stringify({ kind, productId, product, ...rest, fate: outcome, repair: event })}\n`;
}

/** Summary of an audit, a few lines of text. */
export function summary(report: AuditReport, milliseconds: number, isRepair: boolean): string {
  const { products, reservations, carts, found, repaired, left, inMotion, isInterrupted } = report;
  const counts = Object.entries(found).map(
    ([kind, count]) => `${count} × ${descriptions[kind as Difference['kind']]}`,
  );
  const total = Object.values(found).reduce((sum, count) => sum + count, 0);
  const lines = [
    `${products} products, ${reservations} reservations, ${carts} carts and orders in ${duration(milliseconds)}`,
    ...counts,
    ...(total === 0 ? ['no difference'] : []),
    ...(total > 0 && isRepair ? [`${repaired} repaired, ${left} left`] : []),
    ...(total > 0 && !isRepair ? [`${total} differences; use --repair to publish the missing events`] : []),
    ...(inMotion > 0 ? [`${inMotion} changed too often to be compared: run it again`] : []),
    ...(isInterrupted ? [isRepair ? 'interrupted: run it again to continue' : 'interrupted'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function describeOutcome({ repair }: Difference, outcome: DifferenceOutcome): string {
  if (repair.kind === 'none') return repair.reason;
  const { eventType } = repair.event;
  if (outcome === 'repaired') return `repaired by ${eventType}`;
  return outcome === 'left'
    ? `${eventType} was published, but the difference remains`
    : `--repair publishes ${eventType}`;
}

function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds < 120
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
