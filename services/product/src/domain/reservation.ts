import { DomainError } from '@tandem/chassis/errors';
import type { StockRequest } from './request.ts';
import { availableOf, sell, type Stock } from './stock.ts';

/** Reservation of one cart for one product: its held units, and the outcome of its newest request. */
export interface Reservation {
  readonly productId: string;
  readonly cartId: string;
  /** Counts the changes of this reservation; the `revision` of responses. */
  readonly version: number;
  /** The cart's version at its newest request. */
  readonly cartVersion: number;
  /** The cart's version at its last confirmed request. */
  readonly grantedVersion: number;
  /** The cart's versions at later, rejected requests, at most {@link MAX_REJECTED}: their redeliveries change nothing. */
  readonly rejectedVersions?: readonly number[] | undefined;
  /** Units of the newest request. */
  readonly requestedQty: number;
  readonly held: number;
  readonly outcome: 'held' | 'rejected' | 'released' | 'expired' | 'sold';
  /** Time at which the hold expires, RFC 3339 UTC; absent if nothing is held or holds do not expire. */
  readonly heldUntil?: string | undefined;
  /** Time at which the sweep checks the hold: may precede `heldUntil`, so that a renewal does not rewrite the index. */
  readonly dueAt?: string | undefined;
  readonly holder: StockRequest['holder'];
  /** The incarnation of the product to which the held units belong. */
  readonly incarnation: number;
  readonly updatedAt: string;
}

/** Time of a decision, and the expiry of holds that it confirms. */
export interface HoldTiming {
  readonly now: string;
  /** RFC 3339 UTC; absent if holds do not expire. */
  readonly heldUntil?: string | undefined;
  /** Whether reservations of that time may have been deleted: a request without a stored reservation is then ignored. */
  readonly isBeyondHorizon: (timestamp: string) => boolean;
}

/** Result of a request: the reservation and the stock after it. */
export interface RequestResult {
  readonly reservation: Reservation;
  readonly stock: Stock;
  /** Units sold that were not on hand. */
  readonly missing: number;
}

/** Largest plausible increase of a cart's version. A larger one is a fault: later requests would be ignored as outdated. */
const MAX_VERSION_LEAP = 1_000_000;

/** Largest number of consecutive rejections that are stored. Beyond it, earlier requests that arrive late are ignored. */
const MAX_REJECTED = 20;

/** Units that a reservation holds of this incarnation of its product. Holds of an earlier incarnation are void. */
export function heldOf(reservation: Reservation | undefined, incarnation: number): number {
  return reservation?.incarnation === incarnation ? reservation.held : 0;
}

/**
 * Order of a request relative to the reservation of its cart. A request that was `overtaken` by a rejected one still
 * determines the held units, so that the result does not depend on the order in which the requests of a cart arrive. Throws
 * `invalid` for an implausible version.
 */
export function relationOf(
  request: Pick<StockRequest, 'cartVersion' | 'timestamp'>,
  current: Reservation | undefined,
  { isBeyondHorizon }: HoldTiming,
): 'newer' | 'equal' | 'overtaken' | 'older' | 'beyondHorizon' {
  const currentVersion = current?.cartVersion ?? 0;
  if (request.cartVersion - currentVersion > MAX_VERSION_LEAP) {
    throw new DomainError(
      'invalid',
      'version-implausible',
      `cartVersion ${request.cartVersion} is more than ${MAX_VERSION_LEAP} ahead of ${currentVersion}. Check the producer of the event.`,
    );
  }
  if (current && request.cartVersion === currentVersion) return 'equal';
  if (current && request.cartVersion < currentVersion) {
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

/** A request with the reservation and the stock before it. */
export interface RequestContext {
  readonly request: StockRequest;
  readonly current: Reservation | undefined;
  readonly stock: Stock;
  readonly incarnation: number;
  /** Units that merged carts held, released for this request. */
  readonly movedQty: number;
  readonly timing: HoldTiming;
}

/**
 * Applies a request: holds units for a cart, or sells them. A hold is confirmed entirely or rejected; a decrease is always
 * confirmed. After a rejection, the cart keeps the units that it and the carts merged into it held. A sale is applied
 * whatever the stock.
 */
export function applyRequest(context: RequestContext): RequestResult {
  const { request, current, stock, incarnation, movedQty } = context;
  const ownQty = heldOf(current, incarnation);
  const { kind, qty } = request;
  if (kind === 'sell') return { ...sell(stock, qty, ownQty), reservation: reservationOf(context, 'sold', 0) };
  const isConfirmed = qty <= ownQty + Math.max(movedQty, availableOf(stock));
  const held = isConfirmed ? qty : ownQty + movedQty;
  const outcome = !isConfirmed ? 'rejected' : qty === 0 ? 'released' : 'held';
  return {
    reservation: reservationOf(context, outcome, held),
    stock: { ...stock, held: stock.held + held - ownQty },
    missing: 0,
  };
}

/** Applies a request that arrives after a later one was rejected: sets the units that the later one would have kept. */
export function applyOvertakenRequest(context: RequestContext): RequestResult {
  const { reservation, ...result } = applyRequest(context);
  const { cartVersion = 0, requestedQty = 0, rejectedVersions = [] } = context.current ?? {};
  const rejection = { cartVersion, requestedQty, outcome: 'rejected' } as const;
  const laterVersions = rejectedVersions.filter((version) => version > reservation.grantedVersion);
  return {
    ...result,
    reservation: {
      ...reservation,
      ...rejection,
      rejectedVersions: reservation.rejectedVersions ?? laterVersions,
    },
  };
}

/** Releases the held units of a cart, which move to another cart. */
export function release(context: RequestContext): RequestResult {
  return applyRequest({ ...context, request: { ...context.request, kind: 'hold', qty: 0 } });
}

/** Expires an overdue hold. */
export function expire(current: Reservation, stock: Stock, incarnation: number, now: string): RequestResult {
  const { heldUntil, dueAt, held, rejectedVersions, ...reservation } = current;
  // With the newest version as the confirmed one, no earlier request can hold the expired units again.
  const [version, grantedVersion] = [reservation.version + 1, reservation.cartVersion];
  return {
    // A repeated response reports the units that expired, not those that were rejected before.
    reservation: {
      ...reservation,
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
  { request, current, incarnation, timing: { now, heldUntil } }: RequestContext,
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

/** A renewed hold keeps its position in the index of due holds; the sweep moves it once it is due. */
function dueAtOf(current: Reservation | undefined, heldUntil: string): string {
  const dueAt = current !== undefined && current.held > 0 ? current.dueAt : undefined;
  return dueAt !== undefined && dueAt < heldUntil ? dueAt : heldUntil;
}
