import { DomainError } from '@tandem/chassis/errors';
import { transactIdempotently } from '@tandem/storage/idempotent-transaction';
import { put, type Snapshot, type TransactOptions } from '@tandem/storage/table';
import { type Access, visibleTo } from '../domain/access.ts';
import type { Cart, CartDecision, Times } from '../domain/cart.ts';
import type { Catalog, CatalogEntry } from '../domain/catalog.ts';
import { type CartView, type VisibleCart, viewOf } from '../domain/view.ts';
import { cartKey, catalogKey } from '../store/entity-types.ts';
import type { Caller, Carts, CartsDeps } from './types.ts';

/** Largest number of attempts of a change that the stock does not allow, while each attempt reads another stock. */
const MAX_STOCK_ATTEMPTS = 4;

/** Application of decisions: reads carts and the catalog entries of their products, decides, and writes. */
export interface Decisions {
  readonly timesOf: (cart: Pick<Cart, 'userId'>) => Times;
  readonly catalogOf: (entries: readonly CatalogEntry[]) => Catalog;
  readonly change: Carts['change'];
  /**
   * Like `change`, with further carts that the decision reads and writes, and the products of all carts. The decision must
   * check that the caller may access the further carts.
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

  const changeSeveral: Decisions['changeSeveral'] = (caller, cartIds, decide, productIds = []) => {
    const keys = cartIds.map(cartKey);
    const [firstId, ...furtherIds] = cartIds;
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
          furtherIds.map((id) => read.get(cartKey(id))),
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
    timesOf,
    catalogOf,
    changeSeveral,

    async change(caller, cartId, decide, ...productIds) {
      const attempt = () =>
        changeSeveral(
          caller,
          [cartId],
          (cart, _furtherCarts, catalog) => [decide(cart, catalog, timesOf(cart))],
          productIds,
        );
      // The catalog is read after the cart: its available units may exclude a hold of this cart that was stored in between,
      // which a second attempt reads. If two attempts read the same stock, the rejection is right.
      for (let attempts = 1, lastAvailableQty: unknown; ; attempts += 1) {
        try {
          return await attempt();
        } catch (error) {
          if (!(error instanceof DomainError && error.code === 'insufficient-stock')) throw error;
          const availableQty = error.details?.['availableQty'];
          const isConfirmed = availableQty === lastAvailableQty || attempts === MAX_STOCK_ATTEMPTS;
          if (attempts > 1 && isConfirmed) throw error;
          lastAvailableQty = availableQty;
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

function requireAllowed({ meetsPreconditions }: Caller, cart: CartView): void {
  if (!meetsPreconditions || meetsPreconditions(cart)) return;
  throw new DomainError(
    'preconditionFailed',
    'precondition-failed',
    'The cart has changed since you read it. Read it again, then repeat the request.',
  );
}
