import type { Cart } from '@tandem/cart/domain/cart';
import { carts } from '@tandem/cart/store/entity-types';
import { heldOf, type Reservation } from '@tandem/product/domain/reservation';
import { reservations } from '@tandem/product/store/entity-types';
import type { EntityType, Versioned } from '@tandem/storage/table';
import { addHold, addOrder, type Books } from './books.ts';
import { HORIZON_MS, type PairDifference, soldAt } from './difference.ts';
import type { Pair } from './facts.ts';
import type { IsRelevant, Suspects } from './suspects.ts';
import { type AuditedTable, type FactsReader, pairId } from './tables.ts';

/** Phase of an audit: one scan of a table. */
export interface Phase<S extends Versioned> {
  readonly name: PhaseName;
  readonly table: AuditedTable;
  readonly kind: EntityType<S>;
  /** Adds the items of a page to the sums, and inspects their pairs. */
  inspect(page: readonly S[]): Promise<void>;
  readonly isRelevant: IsRelevant;
}

/** Name of a phase; `carts` combines `orders` and `lines`. */
export type PhaseName = 'holds' | 'carts' | 'orders' | 'lines';

export interface PhaseDeps {
  readonly reader: FactsReader;
  readonly books: Books;
  readonly suspects: Pick<Suspects, 'inspect'>;
  readonly now: () => number;
}

/** Retention of the reservation of a sale: a day longer than requests can be late. */
const RESERVATION_RETENTION_MS = HORIZON_MS + 24 * 60 * 60 * 1000;

/** Phase that scans Product's holds, and checks that their carts have the line. Finds units to release. */
export function holdsPhase({ reader, books, suspects, now }: PhaseDeps): Phase<Reservation> {
  const isRelevant: IsRelevant = ({ kind }, { cart }) =>
    kind === 'orderNotApplied'
      ? cart !== undefined && isForgotten(cart.state, now())
      : kind === 'holdWithoutLine' || kind === 'holdOverdue';
  return {
    name: 'holds',
    table: 'products',
    kind: reservations,
    isRelevant,
    async inspect(page) {
      for (const reservation of page) addHold(books, reservation);
      const incarnationOf = ({ productId }: Pair) => books.get(productId)?.incarnation ?? 0;
      const holds = page.filter((reservation) => heldOf(reservation, incarnationOf(reservation)) > 0);
      const cartsById = await reader.carts(
        holds.map(({ cartId }) => cartId),
        false,
      );
      for (const reservation of holds) {
        const cart = cartsById.get(reservation.cartId);
        const mergedInto = await reader.merged(reservation, cart);
        const facts = { incarnation: incarnationOf(reservation), reservation, cart };
        suspects.inspect(reservation, { ...facts, ...(mergedInto && { mergedInto }) }, isRelevant);
      }
    },
  };
}

/** Phase that scans carts: checks that the sales of orders and the requests of open carts were applied, or one of both. */
export function cartsPhase(name: 'carts' | 'orders' | 'lines', deps: PhaseDeps): Phase<Cart> {
  const { reader, books, suspects, now } = deps;
  const [hasOrders, hasLines] = [name !== 'lines', name !== 'orders'];
  const isOfLine = ({ kind }: PairDifference) =>
    kind === 'holdDiffers' || kind === 'requestUnseen' || kind === 'responseLost';
  const isRelevant: IsRelevant = (difference, { cart }) =>
    difference.kind === 'orderNotApplied'
      ? hasOrders && cart !== undefined && !isForgotten(cart.state, now())
      : hasLines && isOfLine(difference);
  return {
    name,
    table: 'carts',
    kind: carts,
    isRelevant,
    async inspect(page) {
      const orders = hasOrders ? page.filter(({ status }) => status === 'checkedOut') : [];
      for (const order of orders) addOrder(books, order);
      const open = hasLines ? page.filter(({ status }) => status === 'open') : [];
      const inspected = [...orders.filter((order) => !isForgotten(order, now())), ...open];
      const pairs = inspected.flatMap((cart) =>
        cart.lines.map(({ productId }) => ({ productId, cartId: cart.cartId, cart })),
      );
      const reservationOf = await reader.reservations(pairs, false);
      for (const { cart, ...pair } of pairs) {
        const facts = {
          incarnation: books.get(pair.productId)?.incarnation ?? 0,
          reservation: reservationOf.get(pairId(pair)),
          cart: { state: cart, hasExpired: false },
        };
        suspects.inspect(pair, facts, isRelevant);
      }
    },
  };
}

/** Whether an order is older than the retention of its reservation in Product. */
function isForgotten(order: Cart, now: number): boolean {
  return now - soldAt(order) >= RESERVATION_RETENTION_MS;
}
