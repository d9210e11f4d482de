import type { EventOf, NewEvent } from '@tandem/contracts/events';
import { live, type StoredProduct, tombstoneWith, withStock } from './product.ts';
import { sortRequests, type StockRequest } from './request.ts';
import {
  applyOvertakenRequest,
  applyRequest,
  expire,
  heldOf,
  type HoldTiming,
  relationOf,
  release,
  type RequestResult,
  type Reservation,
} from './reservation.ts';
import { confirmationOf, responseOf } from './response.ts';
import { emptyLedger, type Stock } from './stock.ts';

/** Decision about requests or overdue holds of one product. */
export interface ReserveDecision {
  /** The product after the decision; the same object if its stock did not change. */
  readonly product: StoredProduct | undefined;
  readonly events: readonly NewEvent[];
  readonly reservations: readonly { readonly state: Reservation; readonly events: readonly NewEvent[] }[];
  readonly effects: Effects;
}

/** Effects for metrics, in units. */
export interface Effects {
  readonly heldChange: Readonly<Record<Reservation['holder'], number>>;
  readonly rejected: number;
  readonly expired: number;
  readonly missing: number;
  readonly beyondHorizon: number;
}

type FindReservation = (cartId: string) => Reservation | undefined;
/** A changed reservation: whether it has a response, and an InventoryShort for each sale beyond the stock. */
interface Outcome {
  readonly state: Reservation;
  readonly hasResponse: boolean;
  readonly shortages: readonly EventOf<'InventoryShort'>[];
}

/**
 * Applies the requests of a batch for one product. An outdated request changes nothing; a redelivered one gets the same
 * response again, and never reserves expired units again. Each cart gets one response, to its newest request: a rejection,
 * or a confirmation, which is part of the product's event if the product changes.
 */
export function reserve(
  stored: StoredProduct | undefined,
  reservationOf: FindReservation,
  requests: readonly StockRequest[],
  timing: HoldTiming,
): ReserveDecision {
  const batch = openBatch(stored, reservationOf);
  for (const request of sortRequests(requests)) {
    let movedQty = 0;
    for (const source of request.movedFrom) {
      const move = { ...request, ...source, movedFrom: [] };
      if (batch.relation(move, timing) === 'newer') movedQty -= batch.apply(move, release, timing);
    }
    const relation = batch.relation(request, timing);
    if (relation === 'newer') batch.apply(request, applyRequest, timing, movedQty);
    if (relation === 'overtaken' && request.kind === 'hold')
      batch.apply(request, applyOvertakenRequest, timing, movedQty);
    if (relation === 'equal') batch.repeatResponse(request.cartId, timing.now);
    if (relation === 'beyondHorizon') batch.countBeyondHorizon();
  }
  return batch.decide(timing.now);
}

/**
 * Expires overdue holds, and publishes their expiry. A hold that was renewed since is moved in the index. Reservations
 * without held units are ignored, so that a late or repeated sweep has no effect.
 */
export function expireHolds(
  stored: StoredProduct | undefined,
  reservations: readonly Reservation[],
  now: string,
): ReserveDecision {
  const batch = openBatch(stored, (cartId) =>
    reservations.find((reservation) => reservation.cartId === cartId),
  );
  for (const reservation of reservations) {
    const { held, heldUntil } = reservation;
    if (held === 0) continue;
    if (heldUntil === undefined || heldUntil > now) batch.postpone(reservation, heldUntil);
    else batch.expire(reservation, now);
  }
  return batch.decide(now);
}

/** A unit of work: the product's stock and the reservations while requests are applied one after the other. */
function openBatch(stored: StoredProduct | undefined, reservationOf: FindReservation) {
  const product = live(stored);
  const incarnation = product?.incarnation ?? 0;
  // Without a product no units can be held, and all sold units are missing.
  let stock: Stock = product ?? { onHand: 0, held: 0, ledger: stored?.ledger ?? emptyLedger };
  const outcomes = new Map<string, Outcome>();
  const heldChange = { guest: 0, user: 0 };
  let [expired, beyondHorizon] = [0, 0];

  const currentOf = (cartId: string) => outcomes.get(cartId)?.state ?? reservationOf(cartId);
  const record = ({ reservation, stock: nextStock, missing }: RequestResult, hasResponse: boolean): void => {
    const { cartId, productId, requestedQty, cartVersion, updatedAt } = reservation;
    heldChange[reservation.holder] += reservation.held - (currentOf(cartId)?.held ?? 0);
    stock = nextStock;
    const shortage = {
      eventType: 'InventoryShort',
      cartId,
      productId,
      qty: requestedQty,
      missingQty: missing,
      cartVersion,
      timestamp: updatedAt,
    } as const;
    const before = outcomes.get(cartId);
    outcomes.set(cartId, {
      state: reservation,
      hasResponse,
      shortages: [...(before?.shortages ?? []), ...(missing > 0 ? [shortage] : [])],
    });
  };

  return {
    relation: (request: StockRequest, timing: HoldTiming) =>
      relationOf(request, currentOf(request.cartId), timing),

    /** Applies a request by `applyTo`. Returns the change of the held units. */
    apply(request: StockRequest, applyTo: typeof applyRequest, timing: HoldTiming, movedQty = 0): number {
      const heldBefore = stock.held;
      const current = currentOf(request.cartId);
      const { reservation, ...result } = applyTo({ request, current, stock, incarnation, movedQty, timing });
      const hasResponse = reservation.outcome === 'held' || reservation.outcome === 'rejected';
      record({ ...result, reservation }, hasResponse);
      return stock.held - heldBefore;
    },

    /** Publishes the response again, by a write of the otherwise unchanged reservation. A void hold expires. */
    repeatResponse(cartId: string, now: string): void {
      const current = currentOf(cartId);
      if (!current || outcomes.has(cartId) || ['released', 'sold'].includes(current.outcome)) return;
      if (heldOf(current, incarnation) < current.held)
        return record(expire(current, stock, incarnation, now), true);
      const reservation = { ...current, version: current.version + 1, updatedAt: now };
      record({ reservation, stock, missing: 0 }, true);
    },

    postpone(reservation: Reservation, dueAt: string | undefined): void {
      if (reservation.dueAt === dueAt) return;
      record(
        { reservation: { ...reservation, version: reservation.version + 1, dueAt }, stock, missing: 0 },
        false,
      );
    },

    expire(reservation: Reservation, now: string): void {
      expired += reservation.held;
      record(expire(reservation, stock, incarnation, now), true);
    },

    countBeyondHorizon: () => void (beyondHorizon += 1),

    decide(now: string): ReserveDecision {
      const changedReservations = [...outcomes.values()];
      const change = product && withStock(product, stock, now);
      const next = change?.state ?? tombstoneWith(stored, stock, now);
      const productVersion = next?.version;
      const isConfirmedByProduct = (outcome: Outcome) =>
        outcome.hasResponse && outcome.state.outcome === 'held' && (change?.events.length ?? 0) > 0;
      const reserved = changedReservations
        .filter(isConfirmedByProduct)
        .map(({ state }) => confirmationOf(state));
      return {
        product: next,
        events: (change?.events ?? []).map((event) =>
          event.eventType === 'ProductUpdated' && reserved.length > 0 ? { ...event, reserved } : event,
        ),
        reservations: changedReservations.map((outcome) => {
          const isResponding = outcome.hasResponse && !isConfirmedByProduct(outcome);
          const response = isResponding ? [responseOf(outcome.state, stock, productVersion)] : [];
          return { state: outcome.state, events: [...response, ...outcome.shortages] };
        }),
        effects: {
          heldChange,
          rejected: changedReservations.filter(
            ({ state, hasResponse }) => hasResponse && state.outcome === 'rejected',
          ).length,
          expired,
          missing: changedReservations
            .flatMap(({ shortages }) => shortages)
            .reduce((sum, { missingQty }) => sum + missingQty, 0),
          beyondHorizon,
        },
      };
    },
  };
}
