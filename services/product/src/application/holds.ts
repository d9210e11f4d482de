import type { Table } from '@tandem/storage/table';
import { requireProduct } from '../domain/product.ts';
import { heldOf } from '../domain/reservation.ts';
import { BY_HOLD_EXPIRY, HELD, productKey, reservationPrefix, reservations } from '../store/entity-types.ts';

/** Holds of all products whose keys a query reads: some 100 bytes each. */
const PAGE_SIZE = 500;
/** Largest number of queries of a page of holds. */
const MAX_QUERIES = 10;

/** Units of a product that a cart holds. */
export interface ProductHold {
  /** The public id, which grants no access to a guest's cart. */
  readonly cartId: string;
  readonly holder: 'guest' | 'user';
  readonly qty: number;
  /** RFC 3339, UTC. */
  readonly heldUntil: string;
}

/** Holds of a product, those that are checked first by the sweep first; `keysRead` is the number of holds that were compared. */
export interface HoldPage {
  readonly items: readonly ProductHold[];
  readonly cursor?: string;
  readonly keysRead: number;
}

/**
 * Creates a list of the holds of a product, for operators: it reads the keys of the index of all holds that expire, and stops
 * once the units are all found. So a hold costs nothing more when it is made. Holds that do not expire are not listed.
 */
export function createHolds(table: Pick<Table, 'get' | 'query'>) {
  return async (productId: string, cursor?: string): Promise<HoldPage> => {
    const product = requireProduct(await table.get(productKey(productId), { consistent: false }), productId);
    const query = {
      index: BY_HOLD_EXPIRY,
      partition: HELD,
      idPrefix: reservationPrefix(productId),
      limit: PAGE_SIZE,
    };
    const items: ProductHold[] = [];
    let foundQty = 0;
    let next = cursor;
    for (let queries = 1; ; queries += 1) {
      const page = await table.query(reservations, {
        ...query,
        ...(next === undefined ? {} : { cursor: next }),
      });
      for (const reservation of page.items) {
        const { cartId, holder, heldUntil } = reservation;
        const qty = heldOf(reservation, product.incarnation);
        if (qty === 0 || heldUntil === undefined) continue;
        items.push({ cartId, holder, qty, heldUntil });
        foundQty += qty;
      }
      next = page.cursor;
      const isDone = next === undefined || (cursor === undefined && foundQty >= product.held);
      if (!isDone && queries < MAX_QUERIES && items.length < PAGE_SIZE) continue;
      return {
        items,
        keysRead: queries * PAGE_SIZE,
        ...(isDone || next === undefined ? {} : { cursor: next }),
      };
    }
  };
}
