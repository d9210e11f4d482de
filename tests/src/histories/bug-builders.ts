import type { Product } from '@tandem/product/domain/product';
import type { Reservation } from '@tandem/product/domain/reservation';
import type { Put } from '@tandem/storage/driver';
import type { Plant } from './lossy-store.ts';

/** A bug in how reservations are read. */
export function onReservation(change: (reservation: Reservation) => Reservation): Plant {
  return {
    onRead: (row) =>
      row.pk.startsWith('reservation#') ? { ...row, state: change(row.state as Reservation) } : row,
  };
}

/** A bug in how reservations are written; in the index too, where it is about their place there. */
export function withReservation(change: (reservation: Reservation) => Reservation, isIndexed = false): Plant {
  return {
    onWrite: (puts) =>
      puts.map((put) => {
        const { row } = put;
        if (!row || !put.pk.startsWith('reservation#')) return put;
        const state = change(row.state as Reservation);
        const index = row.index && isIndexed && state.dueAt ? { ...row.index, sort: state.dueAt } : row.index;
        return { ...put, row: { ...row, state, index } };
      }),
  };
}

interface Change {
  readonly product: Product;
  readonly reservation: Reservation;
  readonly before: Reservation | undefined;
}

/** A bug in how a product is written together with its reservations. */
export function withProduct(change: (change: Change) => Product): Plant {
  return {
    onWrite(puts, before) {
      const reservations = puts.flatMap(({ pk, row }) =>
        row && pk.startsWith('reservation#')
          ? [{ reservation: row.state as Reservation, before: before(pk)?.state as Reservation | undefined }]
          : [],
      );
      return puts.map((put): Put => {
        const { row } = put;
        if (!row || !put.pk.startsWith('product#') || isDeleted(row.state)) return put;
        const state = reservations.reduce(
          (product, reservation) => change({ product, ...reservation }),
          row.state as Product,
        );
        return { ...put, row: { ...row, state } };
      });
    },
  };
}

export function isDeleted(state: object): boolean {
  return 'deleted' in state;
}
