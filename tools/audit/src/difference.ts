import type { Cart } from '@tandem/cart/domain/cart';
import { isPending, type Line, lineOf } from '@tandem/cart/domain/line';
import { heldOf, type Reservation } from '@tandem/product/domain/reservation';
import { HORIZON_DAYS } from '@tandem/product/store/entity-types';
import { type Facts, heldByLine, isMovedByRequest, type Pair } from './facts.ts';
import { type Repair, releaseOf, requestOf, saleOf } from './repair-events.ts';

/** Difference of a product in a cart between Product and Cart. */
export interface PairDifference extends Pair {
  readonly kind:
    | 'holdWithoutLine'
    | 'holdDiffers'
    | 'requestUnseen'
    | 'responseLost'
    | 'orderNotApplied'
    | 'holdOverdue';
  /** Units in Product's table. */
  readonly product: number;
  /** Units in the cart. */
  readonly cart: number;
  readonly repair: Repair;
  /** Changes with the facts that the difference follows from: it is then inspected again. */
  readonly fingerprint: string;
}

/** Difference between a number of a product and the sum that it should equal. */
export interface SumDifference {
  readonly kind: 'stockSum' | 'heldSum' | 'soldSum';
  readonly productId: string;
  /** Units in the product's item. */
  readonly product: number;
  /** Units by the sum. */
  readonly sum: number;
  readonly repair: Repair;
}

export type Difference = PairDifference | SumDifference;

/** Delay within which Product's sweep expires a hold. */
const OVERDUE_MS = 60_000;
export const HORIZON_MS = HORIZON_DAYS * 24 * 60 * 60 * 1000;

/** Differences of a pair between both services; `now` is milliseconds since the epoch. */
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
    const reason = `Product's sweep expires it: check why it has not done so since ${heldUntil}`;
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

/** Repair of an order's sale; undefined where it was applied, or where the reservation is too old to know. */
function saleRepair(order: Cart, reservation: Reservation | undefined, now: number): Repair | undefined {
  if (!reservation) return now - soldAt(order) < HORIZON_MS ? saleOf(order) : undefined;
  if (reservation.cartVersion < order.version) return saleOf(order);
  if (reservation.outcome === 'sold') return undefined;
  const { cartVersion, outcome } = reservation;
  return {
    kind: 'none',
    reason: `no event can repair it: Product has version ${cartVersion} of the cart as ${outcome}, the order is version ${order.version}`,
  };
}

/** Checkout time of an order, in milliseconds since the epoch. */
export function soldAt({ checkedOutAt, updatedAt }: Cart): number {
  return Date.parse(checkedOutAt ?? updatedAt);
}
