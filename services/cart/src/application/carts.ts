import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';
import type { Identity } from '@tandem/chassis/http/auth';
import type { IdempotentRequest } from '@tandem/chassis/http/idempotency';
import { transactOnce } from '@tandem/storage/once';
import { type Page, put, type Query, type Table } from '@tandem/storage/table';
import { visibleTo } from '../domain/access.ts';
import { type Cart, type CartDecision, deleteCart, type Moment, openCart } from '../domain/cart.ts';
import type { Catalog, CatalogEntry } from '../domain/catalog.ts';
import { checkOut, RESERVATION_PENDING } from '../domain/checkout.ts';
import { mergeCarts } from '../domain/merge.ts';
import { type CartView, type VisibleCart, viewOf } from '../domain/view.ts';
import { BY_USER, carts, cartKey, catalogKey } from '../store/kinds.ts';

/** Who asks: a user, or a guest where there is no identity; and as what, if the request may be repeated. */
export interface Caller {
  readonly identity: Pick<Identity, 'subject'> | undefined;
  readonly idempotent: IdempotentRequest | undefined;
}

export interface CartsDeps {
  readonly table: Table;
  /** Whether the catalog has been filled, so that a product it does not know does not exist. */
  readonly isCatalogSynchronised: () => boolean;
  readonly newCartId: () => string;
  /** RFC 3339, UTC. */
  readonly now: () => string;
  /** How long a cart lives after its last change. */
  readonly ttlSeconds: { readonly guest: number; readonly user: number };
  /** How long a checkout waits for stock that Product has not confirmed yet; 5 s unless told otherwise. */
  readonly reservationWaitMs?: number;
}

/** The carts of the service. A cart that the caller may not see is not found. */
export interface Carts {
  open(caller: Caller): Promise<CartView>;
  read(caller: Caller, cartId: string): Promise<CartView>;
  /** The open carts of a user; a guest has no list. */
  list(identity: Caller['identity'], page: Pick<Query, 'limit' | 'cursor'>): Promise<Page<CartView>>;
  /** `decide` knows the products of the cart's lines, and those of `productIds`. */
  change(caller: Caller, cartId: string, decide: Change, ...productIds: string[]): Promise<CartView>;
  /** Moves the lines of the source to the target, which it resolves to. */
  merge(caller: Caller, targetId: string, sourceId: string): Promise<CartView>;
  checkOut(caller: Caller, cartId: string): Promise<CartView>;
  delete(caller: Caller, cartId: string): Promise<void>;
}

export type Change = (cart: VisibleCart, catalog: Catalog, moment: Moment) => CartDecision;

/** How many checkouts wait at the same time: with Product away, waiting must not take the places of all others. */
const MAX_WAITING_CHECKOUTS = 16;
/** How long checkout waits before it looks again for Product's answer; then twice as long each time, up to the last. */
const FIRST_LOOK_MS = 20;
const LAST_LOOK_MS = 250;

export function createCarts(deps: CartsDeps): Carts {
  const { table, isCatalogSynchronised, newCartId, now, ttlSeconds, reservationWaitMs = 5_000 } = deps;

  let waitingCheckouts = 0;

  const momentOf = ({ userId }: Pick<Cart, 'userId'>): Moment => {
    const at = now();
    const lifetime = userId === null ? ttlSeconds.guest : ttlSeconds.user;
    return { now: at, expiresAt: new Date(Date.parse(at) + lifetime * 1000).toISOString() };
  };
  const catalogOf = (entries: readonly CatalogEntry[]): Catalog => ({
    entries: new Map(entries.map((entry) => [entry.productId, entry])),
    isSynchronised: isCatalogSynchronised(),
  });

  /** Decides about carts beside what the catalog says of their products; resolves to the first as it then stands. */
  const decideAbout = <Ids extends readonly [string, ...string[]]>(
    { identity, idempotent }: Caller,
    cartIds: Ids,
    decide: (
      carts: { [I in keyof Ids]: VisibleCart },
      catalog: Catalog,
    ) => readonly [CartDecision, ...CartDecision[]],
    productIds: readonly string[] = [],
  ): Promise<CartView> => {
    const keys = cartIds.map(cartKey);
    return transactOnce(
      table,
      idempotent,
      keys,
      (read) => {
        const before = cartIds.map((id) => visibleTo(identity?.subject, read.get(cartKey(id)), id));
        const products = [...before.flatMap(productsOf), ...productIds];
        const catalog = catalogOf(products.flatMap((id) => read.get(catalogKey(id)) ?? []));
        const decisions = decide(before as { [I in keyof Ids]: VisibleCart }, catalog);
        const [{ state }] = decisions;
        return {
          answer: viewOf(visibleTo(identity?.subject, state, state.cartId), catalog),
          writes: decisions.map(({ state, events }) => put(cartKey(state.cartId), state, events)),
        };
      },
      {
        beside: (read) =>
          [...keys.flatMap((key) => productsOf(read.get(key))), ...productIds].map(catalogKey),
      },
    );
  };

  const change: Carts['change'] = (caller, cartId, decide, ...productIds) =>
    decideAbout(caller, [cartId], ([cart], catalog) => [decide(cart, catalog, momentOf(cart))], productIds);

  /** Resolves once no line of the cart waits for Product's answer, or at the deadline. */
  const untilAnswered = async (cartId: string, deadline: number) => {
    let pauseMs = FIRST_LOOK_MS;
    while (performance.now() + pauseMs <= deadline) {
      await delay(pauseMs);
      // Of this moment: as it was before its last change, each line may have had an answer.
      const cart = await table.get(cartKey(cartId));
      if (!cart?.lines.some(({ reserved, rejected }) => !reserved && !rejected)) return;
      pauseMs = Math.min(2 * pauseMs, LAST_LOOK_MS);
    }
  };

  return {
    open({ identity, idempotent }) {
      const cartId = newCartId();
      const userId = identity?.subject ?? null;
      return transactOnce(table, idempotent, [cartKey(cartId)], () => {
        const { state, events } = openCart(cartId, userId, momentOf({ userId }));
        const answer = viewOf(visibleTo(identity?.subject, state, cartId), catalogOf([]));
        return { answer, writes: [put(cartKey(cartId), state, events)] };
      });
    },

    async read({ identity }, cartId) {
      const cart = visibleTo(identity?.subject, await table.get(cartKey(cartId)), cartId);
      return viewOf(cart, catalogOf(await table.getMany(productsOf(cart).map(catalogKey))));
    },

    async list(identity, page) {
      if (!identity) return { items: [] };
      const { subject: userId } = identity;
      const { items, ...rest } = await table.query(carts, { index: BY_USER, partition: userId, ...page });
      const entries = await table.getMany(items.flatMap(productsOf).map(catalogKey));
      const catalog = catalogOf(entries);
      return { ...rest, items: items.map((cart) => viewOf(visibleTo(userId, cart, cart.cartId), catalog)) };
    },

    change,

    merge(caller, targetId, sourceId) {
      return decideAbout(caller, [targetId, sourceId], ([target, source]) => {
        const merged = mergeCarts(target, source, { target: momentOf(target), source: momentOf(source) });
        return [merged.target, merged.source];
      });
    },

    async checkOut(caller, cartId) {
      const deadline = performance.now() + reservationWaitMs;
      try {
        return await change(caller, cartId, checkOut);
      } catch (error) {
        if (!isPending(error) || waitingCheckouts >= MAX_WAITING_CHECKOUTS) throw error;
      }
      waitingCheckouts += 1;
      try {
        await untilAnswered(cartId, deadline);
      } finally {
        waitingCheckouts -= 1;
      }
      return change(caller, cartId, checkOut);
    },

    async delete({ identity }, cartId) {
      await table.update(cartKey(cartId), (stored) => {
        const cart = visibleTo(identity?.subject, stored, cartId);
        return deleteCart(cart, momentOf(cart));
      });
    },
  };
}

function productsOf(cart: Cart | undefined): string[] {
  return cart?.lines.map(({ productId }) => productId) ?? [];
}

function isPending(error: unknown): boolean {
  return error instanceof DomainError && error.code === RESERVATION_PENDING;
}
