import type { EventOf, NewEvent } from '@tandem/contracts/events';
import { live, type StoredProduct, tombstoneWith, withStock } from './product.ts';
import { inOrder, type StockRequest } from './request.ts';
import {
  carryOut,
  expire,
  grantOvertaken,
  heldOf,
  type Moment,
  relationOf,
  release,
  type Reservation,
  type Step,
} from './reservation.ts';
import { confirmationOf, responseOf } from './response.ts';
import { emptyLedger, type Stock } from './stock.ts';

/** The decision about requests of carts, or about expired holds, of one product. */
export interface ReserveDecision {
  /** The product afterwards; the very same object when its stock did not change. */
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
/** Events about one reservation: at most one response, and each sale beyond the stock. */
interface Outcome {
  readonly state: Reservation;
  readonly hasResponse: boolean;
  readonly short: readonly EventOf<'InventoryShort'>[];
}

/**
 * Carries out the requests of a batch for one product. A request that is older than what is known of its cart changes
 * nothing; a repeated one gets the same response again, and never holds again what has expired. Each cart gets the
 * response to its newest request: a confirmation, by the event of the product where the product changes, or a rejection.
 */
export function reserve(
  stored: StoredProduct | undefined,
  reservationOf: FindReservation,
  requests: readonly StockRequest[],
  moment: Moment,
): ReserveDecision {
  const books = openBooks(stored, reservationOf);
  for (const request of inOrder(requests)) {
    let movedQty = 0;
    for (const source of request.movedFrom) {
      const move = { ...request, ...source, movedFrom: [] };
      if (books.relation(move, moment) === 'newer') movedQty -= books.apply(move, release, moment);
    }
    const relation = books.relation(request, moment);
    if (relation === 'newer') books.apply(request, carryOut, moment, movedQty);
    if (relation === 'overtaken' && request.kind === 'hold')
      books.apply(request, grantOvertaken, moment, movedQty);
    if (relation === 'equal') books.respondAgain(request.cartId, moment.now);
    if (relation === 'beyondHorizon') books.skip();
  }
  return books.close(moment.now);
}

/**
 * Ends the holds that are overdue, and lets their carts know. A hold that was renewed meanwhile is moved to its new place
 * in the index; one that is gone is left alone, so that a late or repeated sweep has no effect.
 */
export function expireHolds(
  stored: StoredProduct | undefined,
  reservations: readonly Reservation[],
  now: string,
): ReserveDecision {
  const books = openBooks(stored, (cartId) => reservations.find((it) => it.cartId === cartId));
  for (const reservation of reservations) {
    const { held, heldUntil } = reservation;
    if (held === 0) continue;
    if (heldUntil === undefined || heldUntil > now) books.postpone(reservation, heldUntil);
    else books.end(reservation, now);
  }
  return books.close(now);
}

/** The product's stock and the reservations while requests are carried out one by one. */
function openBooks(stored: StoredProduct | undefined, reservationOf: FindReservation) {
  const product = live(stored);
  const incarnation = product?.incarnation ?? 0;
  // Without a product there is nothing to hold, and every unit that is sold is missing.
  let stock: Stock = product ?? { onHand: 0, held: 0, ledger: stored?.ledger ?? emptyLedger };
  const outcomes = new Map<string, Outcome>();
  const heldChange = { guest: 0, user: 0 };
  let [expired, beyondHorizon] = [0, 0];

  const currentOf = (cartId: string) => outcomes.get(cartId)?.state ?? reservationOf(cartId);
  const keep = ({ reservation, stock: next, missing }: Step, hasResponse: boolean): void => {
    const { cartId, productId, requestedQty, cartVersion, updatedAt } = reservation;
    heldChange[reservation.holder] += reservation.held - (currentOf(cartId)?.held ?? 0);
    stock = next;
    const short = {
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
      short: [...(before?.short ?? []), ...(missing > 0 ? [short] : [])],
    });
  };

  return {
    relation: (request: StockRequest, moment: Moment) =>
      relationOf(request, currentOf(request.cartId), moment),

    /** Returns by how much the units held have changed. */
    apply(request: StockRequest, carry: typeof carryOut, moment: Moment, movedQty = 0): number {
      const before = stock.held;
      const current = currentOf(request.cartId);
      const { reservation, ...step } = carry({ request, current, stock, incarnation, movedQty, moment });
      const hasResponse = reservation.outcome === 'held' || reservation.outcome === 'rejected';
      keep({ ...step, reservation }, hasResponse);
      return stock.held - before;
    },

    /** The response is published by a write of the reservation, whose state stays; a void hold ends. */
    respondAgain(cartId: string, now: string): void {
      const current = currentOf(cartId);
      if (!current || outcomes.has(cartId) || ['released', 'sold'].includes(current.outcome)) return;
      if (heldOf(current, incarnation) < current.held)
        return keep(expire(current, stock, incarnation, now), true);
      const reservation = { ...current, version: current.version + 1, updatedAt: now };
      keep({ reservation, stock, missing: 0 }, true);
    },

    postpone(reservation: Reservation, dueAt: string | undefined): void {
      if (reservation.dueAt === dueAt) return;
      keep(
        { reservation: { ...reservation, version: reservation.version + 1, dueAt }, stock, missing: 0 },
        false,
      );
    },

    end(reservation: Reservation, now: string): void {
      expired += reservation.held;
      keep(expire(reservation, stock, incarnation, now), true);
    },

    skip: () => void (beyondHorizon += 1),

    close(now: string): ReserveDecision {
      const all = [...outcomes.values()];
      const change = product && withStock(product, stock, now);
      const next = change?.state ?? tombstoneWith(stored, stock, now);
      const productVersion = next?.version;
      const isConfirmedByProduct = (outcome: Outcome) =>
        outcome.hasResponse && outcome.state.outcome === 'held' && (change?.events.length ?? 0) > 0;
      const reserved = all.filter(isConfirmedByProduct).map(({ state }) => confirmationOf(state));
      return {
        product: next,
        events: (change?.events ?? []).map((event) =>
          event.eventType === 'ProductUpdated' && reserved.length > 0 ? { ...event, reserved } : event,
        ),
        reservations: all.map((outcome) => {
          const isResponding = outcome.hasResponse && !isConfirmedByProduct(outcome);
          const response = isResponding ? [responseOf(outcome.state, stock, productVersion)] : [];
          return { state: outcome.state, events: [...response, ...outcome.short] };
        }),
        effects: {
          heldChange,
          rejected: all.filter(({ state, hasResponse }) => hasResponse && state.outcome === 'rejected')
            .length,
          expired,
          missing: all.flatMap(({ short }) => short).reduce((sum, { missingQty }) => sum + missingQty, 0),
          beyondHorizon,
        },
      };
    },
  };
}
