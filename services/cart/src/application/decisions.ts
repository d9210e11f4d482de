import { DomainError } from '@tandem/chassis/errors';
import { transactIdempotently } from '@tandem/storage/idempotent-transaction';
import { put, type Snapshot, type TransactOptions } from '@tandem/storage/table';
import { type Access, visibleTo } from '../domain/access.ts';
import type { Cart, CartDecision, Moment } from '../domain/cart.ts';
import type { Catalog, CatalogEntry } from '../domain/catalog.ts';
import { type CartView, type VisibleCart, viewOf } from '../domain/view.ts';
import { cartKey, catalogKey } from '../store/entity-types.ts';
import type { Caller, Carts, CartsDeps } from './types.ts';

/** How often a request that the stock does not allow is decided anew, while it sees another stock each time. */
const MAX_LOOKS = 4;

/** Reads carts with the catalog's entries of their products, decides and writes. */
export interface Decisions {
  readonly momentOf: (cart: Pick<Cart, 'userId'>) => Moment;
  readonly catalogOf: (entries: readonly CatalogEntry[]) => Catalog;
  readonly change: Carts['change'];
  /**
   * As `change`, with further carts that the decision reads and writes, and the products of all of them. Whether the
   * caller may access the further carts is the decision's to check.
   */
  readonly changeSeveral: (
    caller: Caller,
    cartIds: readonly [string, ...string[]],
    decide: ChangeSeveral,
    productIds?: readonly string[],
  ) => Promise<CartView>;
}

type ChangeSeveral = (
  cart: VisibleCart,
  others: readonly (Cart | undefined)[],
  catalog: Catalog,
) => readonly [CartDecision, ...CartDecision[]];

export function createDecisions(deps: Omit<CartsDeps, 'notifier' | 'reservationWaitMs'>): Decisions {
  const { table, isCatalogSynchronised, now, ttlSeconds } = deps;

  const momentOf: Decisions['momentOf'] = ({ userId }) => {
    const at = now();
    const lifetime = userId === null ? ttlSeconds.guest : ttlSeconds.user;
    return { now: at, expiresAt: new Date(Date.parse(at) + lifetime * 1000).toISOString() };
  };
  const catalogOf: Decisions['catalogOf'] = (entries) => ({
    entries: new Map(entries.map((entry) => [entry.productId, entry])),
    isSynchronised: isCatalogSynchronised(),
  });

  const changeSeveral: Decisions['changeSeveral'] = (caller, cartIds, decide, productIds = []) => {
    const keys = cartIds.map(cartKey);
    const [firstId, ...otherIds] = cartIds;
    const productsIn = (read: Snapshot) => [
      ...keys.flatMap((key) => productsOf(read.get(key))),
      ...productIds,
    ];
    const options: TransactOptions = { additionalReads: (read) => productsIn(read).map(catalogKey) };
    return transactIdempotently(
      table,
      caller.idempotent,
      keys,
      (read) => {
        const before = visibleTo(accessOf(caller), read.get(cartKey(firstId)));
        const catalog = catalogOf(productsIn(read).flatMap((id) => read.get(catalogKey(id)) ?? []));
        requireAllowed(caller, viewOf(before, catalog));
        const decisions = decide(
          before,
          otherIds.map((id) => read.get(cartKey(id))),
          catalog,
        );
        const [{ state }] = decisions;
        return {
          response: viewOf(state as VisibleCart, catalog),
          writes: decisions.map(({ state, events }) => put(cartKey(state.cartId), state, events)),
        };
      },
      options,
    );
  };

  return {
    momentOf,
    catalogOf,
    changeSeveral,

    async change(caller, cartId, decide, ...productIds) {
      const attempt = () =>
        changeSeveral(
          caller,
          [cartId],
          (cart, _others, catalog) => [decide(cart, catalog, momentOf(cart))],
          productIds,
        );
      // The catalog is read after the cart: it may show a hold that was stored in between, and that another look finds.
      // Two looks that agree are right.
      for (let looks = 1, availableQty: unknown; ; looks += 1) {
        try {
          return await attempt();
        } catch (error) {
          if (!(error instanceof DomainError && error.code === 'insufficient-stock')) throw error;
          const seen = error.details?.['availableQty'];
          if (looks > 1 && (seen === availableQty || looks === MAX_LOOKS)) throw error;
          availableQty = seen;
        }
      }
    },
  };
}

/** The caller's access to carts. */
export function accessOf({ identity, knowsSecretOf }: Caller): Access {
  return { userId: identity?.subject, knowsSecretOf };
}

export function productsOf(cart: Cart | undefined): string[] {
  return cart?.lines.map(({ productId }) => productId) ?? [];
}

function requireAllowed({ isAllowedOn }: Caller, cart: CartView): void {
  if (!isAllowedOn || isAllowedOn(cart)) return;
  throw new DomainError(
    'preconditionFailed',
    'precondition-failed',
    'The cart has changed since. Fetch it again and repeat the request.',
  );
}
