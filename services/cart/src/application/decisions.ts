import { DomainError } from '@tandem/chassis/errors';
import { transactIdempotently } from '@tandem/storage/idempotent-transaction';
import { put, type Snapshot, type TransactOptions } from '@tandem/storage/table';
import { type Access, visibleTo } from '../domain/access.ts';
import type { Cart, CartDecision, Times } from '../domain/cart.ts';
import type { Catalog, CatalogEntry } from '../domain/catalog.ts';
import { newOrderOf, orderNumberOf } from '../domain/order.ts';
import { type CartView, type VisibleCart, viewOf } from '../domain/view.ts';
import { cartKey, catalogKey, orderKey } from '../store/entity-types.ts';
import type { Caller, Carts, CartsDeps, Change } from './types.ts';
import { untilStockIsCertain } from './stock-attempts.ts';
import { unstoredCart } from './unstored-cart.ts';

/** Application of decisions: reads carts and the catalog entries of their products, decides, and writes. */
export interface Decisions {
  readonly timesOf: (cart: Pick<Cart, 'userId'>) => Times;
  readonly catalogOf: (entries: readonly CatalogEntry[]) => Catalog;
  /** The stored cart, or else the empty cart of a guest who has opened it and added nothing. */
  readonly cartOf: (caller: Caller, cartId: string, stored: Cart | undefined) => Cart | undefined;
  readonly change: Carts['change'];
  /** Like `change`, for a decision that may check the cart out, which adds it to the list of all orders. */
  readonly checkOut: (caller: Caller, cartId: string, decide: Change) => Promise<CartView>;
  readonly changeOnly: Carts['changeOnly'];
  /**
   * Like `change`, with further carts that the decision reads and writes, and the products of all carts. The decision must
   * check that the caller may access the further carts.
   */
  readonly changeSeveral: (
    caller: Caller,
    cartIds: readonly [string, ...string[]],
    decide: ChangeSeveral,
    options?: { readonly isCheckout?: boolean },
  ) => Promise<CartView>;
}

/** What a decision reads of the catalog. */
interface Reading {
  /** The products that it decides about. Default: those of all lines. */
  readonly productIds?: readonly string[] | undefined;
  /** Whether its response shows the cart. */
  readonly isShown: boolean;
  readonly isCheckout?: boolean | undefined;
}

type ChangeSeveral = (
  cart: VisibleCart,
  furtherCarts: readonly (Cart | undefined)[],
  catalog: Catalog,
) => readonly [CartDecision, ...CartDecision[]];

export function createDecisions(deps: Omit<CartsDeps, 'notifier' | 'reservationWaitMs'>): Decisions {
  const { table, isCatalogSynchronised, now, ttlSeconds } = deps;

  const timesOf: Decisions['timesOf'] = ({ userId }) => {
    const time = now();
    const lifetimeSeconds = userId === null ? ttlSeconds.guest : ttlSeconds.user;
    return { now: time, expiresAt: new Date(Date.parse(time) + lifetimeSeconds * 1000).toISOString() };
  };
  const catalogOf: Decisions['catalogOf'] = (entries) => ({
    entries: new Map(entries.map((entry) => [entry.productId, entry])),
    isSynchronised: isCatalogSynchronised(),
  });

  const cartOf: Decisions['cartOf'] = (caller, cartId, stored) => {
    const openedAt = caller.openedAt?.(cartId);
    return (
      stored ?? (openedAt === undefined ? undefined : unstoredCart(cartId, openedAt, now(), ttlSeconds.guest))
    );
  };

  const transact = (
    caller: Caller,
    cartIds: readonly [string, ...string[]],
    decide: ChangeSeveral,
    { productIds, isShown, isCheckout = false }: Reading,
  ): Promise<CartView | undefined> => {
    const newOrderKey = (cartId: string) => orderKey(orderNumberOf(cartId));
    const keys = cartIds.map(cartKey);
    const [firstId, ...furtherIds] = cartIds;
    const productsOfLines = (read: Snapshot) => keys.flatMap((key) => productsOf(read.get(key)));
    // A precondition is about all that the cart shows.
    const isDecidedByAll = productIds === undefined || caller.meetsPreconditions !== undefined;
    const productsIn = (read: Snapshot) => [
      ...(isDecidedByAll || isShown ? productsOfLines(read) : []),
      ...(productIds ?? []),
    ];
    const options: TransactOptions = {
      earlyReads: (productIds ?? []).map(catalogKey),
      additionalReads: (read) => {
        const products = productsOfLines(read);
        caller.onLinesRead?.(products.length + (productIds?.length ?? 0));
        return [
          ...(isDecidedByAll ? products.map(catalogKey) : []),
          ...(isCheckout ? [newOrderKey(firstId)] : []),
        ];
      },
      // The entries of other lines are shown only, and may be those of a second ago.
      staleReads: (read) => (isDecidedByAll || !isShown ? [] : productsOfLines(read).map(catalogKey)),
      // A decision that does not change a single cart is valid as of its read. A check would cost as much as a write.
      guardedIfWritten: furtherIds.length === 0 ? keys : [],
    };
    return transactIdempotently(
      table,
      caller.idempotent,
      keys,
      (read) => {
        const storedOrEmpty = (id: string) => cartOf(caller, id, read.get(cartKey(id)));
        const before = visibleTo(accessOf(caller), storedOrEmpty(firstId));
        const furtherCarts = furtherIds.map(storedOrEmpty);
        const catalog = catalogOf(productsIn(read).flatMap((id) => read.get(catalogKey(id)) ?? []));
        requireAllowed(caller, () => viewOf(before, catalog));
        const decisions = decide(before, furtherCarts, catalog);
        const [{ state }] = decisions;
        const order = isCheckout ? newOrderOf(before, state) : undefined;
        const isListed = order === undefined || read.get(newOrderKey(firstId)) !== undefined;
        const unchanged: readonly (Cart | undefined)[] = [before, ...furtherCarts];
        return {
          response: isShown ? viewOf(state as VisibleCart, catalog) : undefined,
          writes: [
            ...decisions.flatMap(({ state, events }, i) =>
              state === unchanged[i] && events.length === 0
                ? []
                : [put(cartKey(state.cartId), state, events)],
            ),
            ...(isListed ? [] : [put(newOrderKey(firstId), order)]),
          ],
        };
      },
      options,
    );
  };

  const changeSeveral: Decisions['changeSeveral'] = async (caller, cartIds, decide, options) =>
    (await transact(caller, cartIds, decide, { ...options, isShown: true })) as CartView;

  const changeOne = (caller: Caller, cartId: string, decide: Change, reading: Reading) =>
    untilStockIsCertain(() =>
      transact(
        caller,
        [cartId],
        (cart, _furtherCarts, catalog) => [decide(cart, catalog, timesOf(cart))],
        reading,
      ),
    );

  return {
    timesOf,
    catalogOf,
    cartOf,
    changeSeveral,

    checkOut: (caller, cartId, decide) =>
      changeSeveral(
        caller,
        [cartId],
        (cart, _furtherCarts, catalog) => [decide(cart, catalog, timesOf(cart))],
        { isCheckout: true },
      ),

    async change(caller, cartId, decide, ...productIds) {
      const reading = { isShown: true, ...(productIds.length > 0 && { productIds }) };
      return (await changeOne(caller, cartId, decide, reading)) as CartView;
    },

    async changeOnly(caller, cartId, decide, ...productIds) {
      await changeOne({ ...caller, idempotent: undefined }, cartId, decide, { isShown: false, productIds });
    },
  };
}

/** The caller's access to carts. */
export function accessOf({ identity, knowsSecretOf }: Caller): Access {
  return { userId: identity?.subject, knowsSecretOf };
}

/** The products whose catalog entries a cart needs: none for an order, which keeps its prices and quantities. */
export function productsOf(cart: Cart | undefined): string[] {
  return cart?.status === 'open' ? cart.lines.map(({ productId }) => productId) : [];
}

function requireAllowed({ meetsPreconditions }: Caller, cart: () => CartView): void {
  if (!meetsPreconditions || meetsPreconditions(cart())) return;
  throw new DomainError(
    'preconditionFailed',
    'precondition-failed',
    'The cart has changed since you read it. Read it again, then repeat the request.',
  );
}
