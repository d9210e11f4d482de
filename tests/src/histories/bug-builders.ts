import type { Product } from '@tandem/product/domain/product';
import type { Reservation } from '@tandem/product/domain/reservation';
import type { Put } from '@tandem/storage/driver';
import type { PlantedBug } from './lossy-store.ts';

/** Creates a bug in the reads of reservations. */
export function onReservation(change: (reservation: Reservation) => Reservation): PlantedBug {
  return {
    onRead: (row) =>
      row.pk.startsWith('reservation#') ? { ...row, state: change(row.state as Reservation) } : row,
  };
}

/** Creates a bug in the writes of reservations, and of their index if `isIndexed`. */
export function withReservation(
  change: (reservation: Reservation) => Reservation,
  isIndexed = false,
): PlantedBug {
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

/** Creates a bug in the writes of a product with its reservations. */
export function withProduct(change: (change: Change) => Product): PlantedBug {
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

/** Whether the state is that of a deleted product. */
export function isDeleted(state: object): boolean {
  return 'deleted' in state;
}
