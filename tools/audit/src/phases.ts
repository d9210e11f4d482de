import type { Cart } from '@tandem/cart/domain/cart';
import { carts } from '@tandem/cart/store/kinds';
import { heldOf, type Reservation } from '@tandem/product/domain/reservation';
import { reservations } from '@tandem/product/store/kinds';
import type { Kind, Versioned } from '@tandem/storage/table';
import { addHold, addOrder, type Books } from './books.ts';
import { HORIZON_MS, type PairDifference, soldAt } from './difference.ts';
import type { Pair } from './facts.ts';
import type { IsRelevant, Suspects } from './suspects.ts';
import { type AuditedTable, type FactsReader, pairId } from './tables.ts';

/** What one scan of a table looks for. */
export interface Phase<S extends Versioned> {
  readonly name: PhaseName;
  readonly table: AuditedTable;
  readonly kind: Kind<S>;
  /** Adds up, and looks at the pairs of a page. */
  look(page: readonly S[]): Promise<void>;
  readonly isRelevant: IsRelevant;
}

/** `carts` is `orders` and `lines` in one. */
export type PhaseName = 'holds' | 'carts' | 'orders' | 'lines';

export interface PhaseDeps {
  readonly reader: FactsReader;
  readonly books: Books;
  readonly suspects: Pick<Suspects, 'look'>;
  readonly now: () => number;
}

/** The reservation of a sale is kept for a day longer than requests can be late. */
const RESERVATION_KEPT_MS = HORIZON_MS + 24 * 60 * 60 * 1000;

/** The holds of Product, and whether the carts that they are for have such a line. Finds what is to be released. */
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
    async look(page) {
      for (const reservation of page) addHold(books, reservation);
      const incarnationOf = ({ productId }: Pair) => books.get(productId)?.incarnation ?? 0;
      const holds = page.filter((it) => heldOf(it, incarnationOf(it)) > 0);
      const cartsById = await reader.carts(
        holds.map(({ cartId }) => cartId),
        false,
      );
      for (const reservation of holds) {
        const cart = cartsById.get(reservation.cartId);
        const mergedInto = await reader.merged(reservation, cart);
        const facts = { incarnation: incarnationOf(reservation), reservation, cart };
        suspects.look(reservation, { ...facts, ...(mergedInto && { mergedInto }) }, isRelevant);
      }
    },
  };
}

/** Orders, whose sale has to be applied, or the lines of open carts, whose requests have to be; or both. */
export function cartsPhase(name: 'carts' | 'orders' | 'lines', deps: PhaseDeps): Phase<Cart> {
  const { reader, books, suspects, now } = deps;
  const isOfOrder = ({ kind }: PairDifference) => kind === 'orderNotApplied';
  const isOfLine = ({ kind }: PairDifference) =>
    kind === 'holdDiffers' || kind === 'requestUnseen' || kind === 'responseLost';
  const isRelevant: IsRelevant = (difference, { cart }) =>
    (name !== 'lines' && isOfOrder(difference) && cart !== undefined && !isForgotten(cart.state, now())) ||
    (name !== 'orders' && isOfLine(difference));
  const isLookedAt = (cart: Cart) =>
    cart.status === 'open' ? name !== 'orders' : name !== 'lines' && !isForgotten(cart, now());
  return {
    name,
    table: 'carts',
    kind: carts,
    isRelevant,
    async look(page) {
      const orders = page.filter(({ status }) => status === 'checkedOut');
      if (name !== 'lines') for (const order of orders) addOrder(books, order);
      const open = page.filter(({ status }) => status === 'open');
      const pairs = [...orders, ...open]
        .filter(isLookedAt)
        .flatMap((cart) => cart.lines.map(({ productId }) => ({ productId, cartId: cart.cartId, cart })));
      const reservationOf = await reader.reservations(pairs, false);
      for (const { cart, ...pair } of pairs) {
        const facts = {
          incarnation: books.get(pair.productId)?.incarnation ?? 0,
          reservation: reservationOf.get(pairId(pair)),
          cart: { state: cart, hasExpired: false },
        };
        suspects.look(pair, facts, isRelevant);
      }
    },
  };
}

/** Whether an order is so old that Product keeps no reservation of it any more. */
function isForgotten(order: Cart, now: number): boolean {
  return now - soldAt(order) >= RESERVATION_KEPT_MS;
}
