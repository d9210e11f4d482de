import type { Table } from '@tandem/storage/table';
import { visibleTo } from '../domain/access.ts';
import { type CartDecision, deleteCart, type Moment, openCart } from '../domain/cart.ts';
import { type CatalogProduct, sellable } from '../domain/catalog.ts';
import { type CartView, type VisibleCart, viewOf } from '../domain/view.ts';
import { cartKey, catalogKey } from '../store/kinds.ts';

/** The caller's user id; undefined for a guest. */
export type Caller = string | undefined;

export interface CartsDeps {
  readonly table: Table;
  /** Whether the catalog has been filled, so that a product it does not know does not exist. */
  readonly isCatalogSynchronised: () => boolean;
  readonly newCartId: () => string;
  /** RFC 3339, UTC. */
  readonly now: () => string;
  /** How long a cart lives after its last change. */
  readonly ttlSeconds: { readonly guest: number; readonly user: number };
}

/** The carts of the service. A cart that the caller may not see is not found. */
export interface Carts {
  open(caller: Caller): Promise<CartView>;
  read(caller: Caller, cartId: string): Promise<CartView>;
  change(caller: Caller, cartId: string, decide: Change): Promise<CartView>;
  delete(caller: Caller, cartId: string): Promise<void>;
  /** Gives the catalog's product, or throws why a cart cannot take it. */
  offer(productId: string): Promise<() => CatalogProduct>;
}

export type Change = (cart: VisibleCart, moment: Moment) => CartDecision;

export function createCarts({ table, isCatalogSynchronised, newCartId, now, ttlSeconds }: CartsDeps): Carts {
  const moment = (userId: string | null): Moment => {
    const at = now();
    const lifetime = userId === null ? ttlSeconds.guest : ttlSeconds.user;
    return { now: at, expiresAt: new Date(Date.parse(at) + lifetime * 1000).toISOString() };
  };

  const view = async (cart: VisibleCart): Promise<CartView> => {
    const entries = await table.getMany(cart.lines.map(({ productId }) => catalogKey(productId)));
    return viewOf(cart, new Map(entries.map((entry) => [entry.productId, entry])));
  };

  const update = (caller: Caller, cartId: string, decide: Change) =>
    table.update(cartKey(cartId), (stored) => {
      const cart = visibleTo(caller, stored, cartId);
      return decide(cart, moment(cart.userId));
    });

  return {
    async open(caller) {
      const cartId = newCartId();
      const userId = caller ?? null;
      const { state } = await table.update(cartKey(cartId), () => openCart(cartId, userId, moment(userId)));
      return viewOf(visibleTo(caller, state, cartId), new Map());
    },

    async read(caller, cartId) {
      return view(visibleTo(caller, await table.get(cartKey(cartId)), cartId));
    },

    async change(caller, cartId, decide) {
      const { state } = await update(caller, cartId, decide);
      return view(visibleTo(caller, state, cartId));
    },

    async delete(caller, cartId) {
      await update(caller, cartId, deleteCart);
    },

    async offer(productId) {
      const entry = await table.get(catalogKey(productId), { consistent: false });
      return () => sellable(entry, productId, isCatalogSynchronised());
    },
  };
}
