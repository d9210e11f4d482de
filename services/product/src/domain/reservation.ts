import { DomainError } from '@tandem/chassis/errors';
import type { StockRequest } from './request.ts';
import { availableOf, sell, type Stock } from './stock.ts';

/** The hold of one cart on one product, and the outcome of its newest request. */
export interface Reservation {
  readonly productId: string;
  readonly cartId: string;
  /** Counts the changes of this reservation; responses carry it as their `revision`. */
  readonly version: number;
  /** The cart's version at its newest request: an older one changes nothing any more. */
  readonly cartVersion: number;
  /** The cart's version at the request that was granted last: it is older where the newest one was rejected. */
  readonly grantedVersion: number;
  /** The cart's versions at the requests that were rejected since then, at most {@link MAX_REJECTED}: delivered again they change nothing. */
  readonly rejectedVersions?: readonly number[] | undefined;
  /** Units of the newest request. */
  readonly requestedQty: number;
  readonly held: number;
  readonly outcome: 'held' | 'rejected' | 'released' | 'expired' | 'sold';
  /** When the hold expires, RFC 3339 UTC; absent where nothing is held or holds do not expire. */
  readonly heldUntil?: string | undefined;
  /** When the sweep looks at the hold: not later than `heldUntil`, so that a renewal does not rewrite the index. */
  readonly dueAt?: string | undefined;
  readonly holder: StockRequest['holder'];
  /** The incarnation of the product that the units belong to. */
  readonly incarnation: number;
  readonly updatedAt: string;
}

/** The clock and the length of a hold, for a decision. */
export interface Moment {
  readonly now: string;
  /** RFC 3339 UTC; absent where holds do not expire. */
  readonly heldUntil?: string | undefined;
  /** Whether what happened then may be forgotten: a request of which no reservation is stored is not carried out. */
  readonly isBeyondHorizon: (timestamp: string) => boolean;
}

/** Effect of a request on a reservation and on the stock. */
export interface Step {
  readonly reservation: Reservation;
  readonly stock: Stock;
  /** Units sold that were not on hand. */
  readonly missing: number;
}

/** A leap of a cart's version that no shopper makes: it would outrank every later request of the cart. */
const MAX_VERSION_LEAP = 1_000_000;

/** With more rejections in a row than this, an earlier request that arrives late changes nothing. */
const MAX_REJECTED = 20;

/** Units that a reservation holds of this incarnation of its product; those of an earlier one are void. */
export function heldOf(reservation: Reservation | undefined, incarnation: number): number {
  return reservation?.incarnation === incarnation ? reservation.held : 0;
}

/**
 * How a request relates to what is known of its cart. One that was overtaken by a rejected one still decides what the
 * cart keeps, so that the outcome is the same in whatever order the requests of a cart arrive. Throws `invalid` for an implausible version. */
export function relationOf(
  request: Pick<StockRequest, 'cartVersion' | 'timestamp'>,
  current: Reservation | undefined,
  { isBeyondHorizon }: Moment,
): 'newer' | 'equal' | 'overtaken' | 'older' | 'beyondHorizon' {
  const known = current?.cartVersion ?? 0;
  if (request.cartVersion - known > MAX_VERSION_LEAP) {
    throw new DomainError(
      'invalid',
      'version-implausible',
      `cartVersion ${request.cartVersion} is more than ${MAX_VERSION_LEAP} ahead of ${known}. Check who published the event.`,
    );
  }
  if (current && request.cartVersion === known) return 'equal';
  if (current && request.cartVersion < known) {
    return isOvertaken(request.cartVersion, current) ? 'overtaken' : 'older';
  }
  return current === undefined && isBeyondHorizon(request.timestamp) ? 'beyondHorizon' : 'newer';
}

function isOvertaken(
  cartVersion: number,
  { outcome, grantedVersion, rejectedVersions = [] }: Reservation,
): boolean {
  if (outcome !== 'rejected' || cartVersion <= grantedVersion) return false;
  return rejectedVersions.length < MAX_REJECTED && !rejectedVersions.includes(cartVersion);
}

/** A request, with what it finds. */
export interface Turn {
  readonly request: StockRequest;
  readonly current: Reservation | undefined;
  readonly stock: Stock;
  readonly incarnation: number;
  /** Units that carts held which were merged into this one; they are available again. */
  readonly movedQty: number;
  readonly moment: Moment;
}

/**
 * Holds units for a cart, or sells them. A hold is granted whole; a decrease always. One that is beyond the available
 * units is rejected, and the cart keeps what it and the carts that were merged into it held. A sale is carried out
 * whatever the stock.
 */
export function carryOut(turn: Turn): Step {
  const { request, current, stock, incarnation, movedQty } = turn;
  const own = heldOf(current, incarnation);
  const { kind, qty } = request;
  if (kind === 'sell') return { ...sell(stock, qty, own), reservation: reservationOf(turn, 'sold', 0) };
  const isGranted = qty <= own + Math.max(movedQty, availableOf(stock));
  const held = isGranted ? qty : own + movedQty;
  const outcome = !isGranted ? 'rejected' : qty === 0 ? 'released' : 'held';
  return {
    reservation: reservationOf(turn, outcome, held),
    stock: { ...stock, held: stock.held + held - own },
    missing: 0,
  };
}

/** Grants, after a later request was rejected, what that one would have kept had it arrived in its turn. */
export function grantOvertaken(turn: Turn): Step {
  const { reservation, ...step } = carryOut(turn);
  const { cartVersion = 0, requestedQty = 0, rejectedVersions = [] } = turn.current ?? {};
  const rejected = { cartVersion, requestedQty, outcome: 'rejected' } as const;
  const later = rejectedVersions.filter((version) => version > reservation.grantedVersion);
  return {
    ...step,
    reservation: { ...reservation, ...rejected, rejectedVersions: reservation.rejectedVersions ?? later },
  };
}

/** Releases what a cart held, because its units move to another cart. */
export function release(turn: Turn): Step {
  return carryOut({ ...turn, request: { ...turn.request, kind: 'hold', qty: 0 } });
}

/** The reservation and the stock after the end of an overdue hold. */
export function expire(current: Reservation, stock: Stock, incarnation: number, now: string): Step {
  const { heldUntil, dueAt, held, rejectedVersions, ...kept } = current;
  // No earlier request may hold again what has expired.
  const [version, grantedVersion] = [kept.version + 1, kept.cartVersion];
  return {
    // Asked for again, it is the units that it held that have expired, not those that it was refused.
    reservation: {
      ...kept,
      version,
      grantedVersion,
      requestedQty: held,
      held: 0,
      outcome: 'expired',
      updatedAt: now,
    },
    stock: { ...stock, held: stock.held - heldOf(current, incarnation) },
    missing: 0,
  };
}

function reservationOf(
  { request, current, incarnation, moment: { now, heldUntil } }: Turn,
  outcome: Reservation['outcome'],
  held: number,
): Reservation {
  const { productId, cartId, cartVersion, qty, holder } = request;
  const version = (current?.version ?? 0) + 1;
  const rejection = {
    grantedVersion: current?.grantedVersion ?? 0,
    rejectedVersions: [...(current?.rejectedVersions ?? []), cartVersion].slice(-MAX_REJECTED),
  };
  const decision = outcome === 'rejected' ? rejection : { grantedVersion: cartVersion };
  const state = { productId, cartId, version, cartVersion, ...decision, requestedQty: qty, outcome, held };
  const hold = held > 0 && heldUntil !== undefined ? { heldUntil, dueAt: dueAtOf(current, heldUntil) } : {};
  return { ...state, ...hold, holder: current?.holder ?? holder, incarnation, updatedAt: now };
}

/** A hold that goes on keeps its place in the index of due holds; the sweep moves it there if it was renewed. */
function dueAtOf(current: Reservation | undefined, heldUntil: string): string {
  const dueAt = current !== undefined && current.held > 0 ? current.dueAt : undefined;
  return dueAt !== undefined && dueAt < heldUntil ? dueAt : heldUntil;
}
