import type { AuditReport, Fate } from './audit.ts';
import type { Difference } from './difference.ts';

const what: Readonly<Record<Difference['kind'], string>> = {
  holdWithoutLine: 'Product holds units for a cart that has no such line',
  holdDiffers: 'Product does not hold what the line says',
  requestUnseen: 'the request of the line did not reach Product',
  responseLost: "Product's response did not reach the cart",
  orderNotApplied: 'the sale of the order was not applied',
  holdOverdue: 'the hold is overdue',
  stockSum: 'the units on hand are not those that came less those sold',
  heldSum: 'the units held are not those of the reservations',
  soldSum: 'the units sold are not those of the orders',
};

/** A difference in a line. */
export function line(difference: Difference, fate: Fate): string {
  const { kind, productId, product } = difference;
  const where = 'cartId' in difference ? `${productId}  ${difference.cartId}` : productId;
  const values =
    'cartId' in difference
      ? `by Product ${product}, by the cart ${difference.cart}`
      : `by the product ${product}, by the sum ${difference.sum}`;
  return `${where}  ${what[kind]}: ${values}; ${outcome(difference, fate)}\n`;
}

/** The same for a program. */
export function jsonLine(difference: Difference, fate: Fate): string {
  const { kind, productId, product, repair } = difference;
  const rest =
    'cartId' in difference ? { cartId: difference.cartId, cart: difference.cart } : { sum: difference.sum };
  const by =
    repair.kind === 'event' ? { eventType: repair.event.eventType, eventId: repair.eventId } : repair;
  return `${JSON.stringify({ kind, productId, product, ...rest, fate, repair: by })}\n`;
}

/** What was read and found, in a few lines. */
export function summary(report: AuditReport, milliseconds: number, isRepair: boolean): string {
  const { products, reservations, carts, found, repaired, left, inMotion, isInterrupted } = report;
  const counts = Object.entries(found).map(
    ([kind, count]) => `${count} × ${what[kind as Difference['kind']]}`,
  );
  const total = Object.values(found).reduce((sum, count) => sum + count, 0);
  const lines = [
    `${products} products, ${reservations} reservations, ${carts} carts and orders in ${duration(milliseconds)}`,
    ...counts,
    ...(total === 0 ? ['no difference'] : []),
    ...(total > 0 && isRepair ? [`${repaired} repaired, ${left} left`] : []),
    ...(total > 0 && !isRepair ? [`${total} differences; --repair publishes what repairs them`] : []),
    ...(inMotion > 0 ? [`${inMotion} changed too fast to be compared: run it again`] : []),
    ...(isInterrupted ? [isRepair ? 'interrupted: run it again to go on' : 'interrupted'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function outcome({ repair }: Difference, fate: Fate): string {
  if (repair.kind === 'none') return repair.reason;
  const { eventType } = repair.event;
  if (fate === 'repaired') return `repaired by ${eventType}`;
  return fate === 'left'
    ? `${eventType} was published, and did not repair it yet`
    : `--repair publishes ${eventType}`;
}

function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds < 120
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
