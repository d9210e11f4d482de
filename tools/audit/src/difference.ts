import type { Cart } from '@tandem/cart/domain/cart';
import { isPending, type Line, lineOf } from '@tandem/cart/domain/line';
import { heldOf, type Reservation } from '@tandem/product/domain/reservation';
import { HORIZON_DAYS } from '@tandem/product/store/kinds';
import { type Facts, heldByLine, isMovedByRequest, type Pair } from './facts.ts';
import { type Repair, releaseOf, requestOf, saleOf } from './repair-events.ts';

/** A product in a cart of which both services do not know the same. */
export interface PairDifference extends Pair {
  readonly kind:
    | 'holdWithoutLine'
    | 'holdDiffers'
    | 'requestUnseen'
    | 'responseLost'
    | 'orderNotApplied'
    | 'holdOverdue';
  /** Units by Product. */
  readonly product: number;
  /** Units by the cart. */
  readonly cart: number;
  readonly repair: Repair;
  /** Changes when anything changed that the difference follows from: it is then looked at again. */
  readonly fingerprint: string;
}

/** A product whose numbers do not add up. */
export interface SumDifference {
  readonly kind: 'stockSum' | 'heldSum' | 'soldSum';
  readonly productId: string;
  /** Units by the product. */
  readonly product: number;
  /** What they should add up to. */
  readonly sum: number;
  readonly repair: Repair;
}

export type Difference = PairDifference | SumDifference;

/** Product ends a hold within a minute after its end. */
const OVERDUE_MS = 60_000;
export const HORIZON_MS = HORIZON_DAYS * 24 * 60 * 60 * 1000;

/** How the services' knowledge of a pair differs; `now` is milliseconds since the epoch. */
export function differencesOf(pair: Pair, facts: Facts, now: number): PairDifference[] {
  const { incarnation, reservation, cart } = facts;
  const held = heldOf(reservation, incarnation);
  const line = lineOf(cart?.state.lines ?? [], pair.productId);
  const fingerprint = [
    reservation?.version,
    reservation?.cartVersion,
    cart?.state.status,
    line?.requestedAt,
    line?.response.cartVersion,
    line?.response.revision,
  ].join();
  const difference = (
    kind: PairDifference['kind'],
    units: { readonly product: number; readonly cart: number },
    repair: Repair,
  ): PairDifference => ({ ...pair, kind, ...units, repair, fingerprint: `${kind},${fingerprint}` });

  const found: PairDifference[] = [];
  const { heldUntil } = reservation ?? {};
  if (held > 0 && heldUntil !== undefined && Date.parse(heldUntil) < now - OVERDUE_MS) {
    const reason = `Product's sweep does it: look why it has not since ${heldUntil}`;
    found.push(
      difference('holdOverdue', { product: held, cart: line?.heldQty ?? 0 }, { kind: 'none', reason }),
    );
  }
  if (cart?.state.status === 'checkedOut' && line) {
    const repair = saleRepair(cart.state, reservation, now);
    if (repair) found.push(difference('orderNotApplied', { product: 0, cart: line.qty }, repair));
  } else if (cart?.state.status === 'open' && line) {
    const kind = cart.hasExpired ? undefined : lineFault(line, facts, held);
    const units = { product: held, cart: heldByLine(line, incarnation) };
    if (kind) found.push(difference(kind, units, requestOf(cart.state, line, facts, now)));
  } else if (held > 0 && reservation && !isMovedByRequest(pair, facts)) {
    const repair = releaseOf(reservation, cart?.state, now);
    found.push(difference('holdWithoutLine', { product: held, cart: 0 }, repair));
  }
  return found;
}

function lineFault(
  line: Line,
  { incarnation, reservation }: Facts,
  held: number,
): PairDifference['kind'] | undefined {
  if (isPending(line)) {
    return (reservation?.cartVersion ?? 0) < line.requestedAt ? 'requestUnseen' : 'responseLost';
  }
  return heldByLine(line, incarnation) === held ? undefined : 'holdDiffers';
}

/** How the sale of an order is repaired; undefined where it was applied, or where nobody can know any more. */
function saleRepair(order: Cart, reservation: Reservation | undefined, now: number): Repair | undefined {
  if (!reservation) return now - soldAt(order) < HORIZON_MS ? saleOf(order) : undefined;
  if (reservation.cartVersion < order.version) return saleOf(order);
  if (reservation.outcome === 'sold') return undefined;
  const { cartVersion, outcome } = reservation;
  return {
    kind: 'none',
    reason: `no event does it: Product knows version ${cartVersion} of the cart as ${outcome}, the order is version ${order.version}`,
  };
}

/** When an order was checked out, in milliseconds since the epoch. */
export function soldAt({ checkedOutAt, updatedAt }: Cart): number {
  return Date.parse(checkedOutAt ?? updatedAt);
}
