import type { TandemEvent } from '@tandem/contracts/events';
import type { Reservation } from '@tandem/product/domain/reservation';
import type { Transit } from './messages.ts';
import { isDeleted, onReservation, withProduct, withReservation } from './bug-builders.ts';
import type { PlantedBug } from './lossy-store.ts';

function earlier(reservation: Reservation, field: 'heldUntil' | 'dueAt'): Reservation {
  const time = reservation[field];
  return time === undefined
    ? reservation
    : { ...reservation, [field]: new Date(Date.parse(time) - 600_000).toISOString() };
}

let lateRevision = 1_000_000;

/** Bugs that random histories must reveal. */
export const plantedBugs: Readonly<Record<string, PlantedBug & Transit>> = {
  'an expired hold returns no units': withProduct(({ reservation, before, product }) =>
    reservation.outcome === 'expired' ? { ...product, held: product.held + (before?.held ?? 0) } : product,
  ),
  'a release returns no units': withProduct(({ reservation, before, product }) =>
    reservation.outcome === 'released' ? { ...product, held: product.held + (before?.held ?? 0) } : product,
  ),
  'a sale leaves the stock on hand': withProduct(({ reservation, product }) =>
    reservation.outcome === 'sold' ? { ...product, onHand: product.onHand + 1 } : product,
  ),
  'a sale leaves units held': withProduct(({ reservation, product }) =>
    reservation.outcome === 'sold' ? { ...product, held: product.held + 1 } : product,
  ),
  'a rejection releases what was held': withReservation((reservation) =>
    reservation.outcome === 'rejected' ? { ...reservation, held: 0 } : reservation,
  ),
  'a repeated request holds expired units again': onReservation((reservation) =>
    reservation.outcome === 'expired'
      ? { ...reservation, cartVersion: reservation.cartVersion - 1 }
      : reservation,
  ),
  'an outdated request is applied': onReservation((reservation) => ({ ...reservation, cartVersion: 0 })),
  'an order that is delivered twice is sold twice': onReservation((reservation) =>
    reservation.outcome === 'sold'
      ? { ...reservation, cartVersion: reservation.cartVersion - 1 }
      : reservation,
  ),
  'a hold of a deleted product releases stock into the next one': {
    onRead(row) {
      if (!row.pk.startsWith('reservation#')) return row;
      return { ...row, state: { ...row.state, incarnation: 1 } as typeof row.state };
    },
    onWrite: (puts) =>
      puts.map((put) =>
        put.row && put.pk.startsWith('product#') && !isDeleted(put.row.state)
          ? {
              ...put,
              row: { ...put.row, state: { ...put.row.state, incarnation: 1 } as typeof put.row.state },
            }
          : put,
      ),
  },
  'a hold ends before it is overdue': {
    ...onReservation((reservation) => earlier(reservation, 'heldUntil')),
    ...withReservation((reservation) => earlier(reservation, 'dueAt'), true),
  },
  'the last response to arrive is applied, whatever its revision': {
    onEvent(event: TandemEvent) {
      lateRevision -= 1;
      if ('revision' in event && event.revision !== undefined) return { ...event, revision: lateRevision };
      return event;
    },
  },
  'the events of a merge lack its carts': {
    onEvent: (event) => ('movedFrom' in event ? { ...event, movedFrom: undefined } : event),
  },
  'a write whose response was lost is decided again': { decidesLostWritesAgain: true },
  'a replacement sets the stock': {
    onWrite: (puts, before) =>
      puts.map((put) => {
        const { row } = put;
        const stored = before(put.pk)?.state as { price?: number } | undefined;
        const next = row?.state as { price?: number; onHand?: number } | undefined;
        const isReplaced =
          row && put.pk.startsWith('product#') && next?.price === 200 && stored?.price === 100;
        return isReplaced
          ? { ...put, row: { ...row, state: { ...row.state, onHand: 3 } as typeof row.state } }
          : put;
      }),
  },
};
