import { DomainError } from '@tandem/chassis/errors';
import { put } from '@tandem/storage/table';
import type { Cart, CartDecision } from '../domain/cart.ts';
import type { Catalog } from '../domain/catalog.ts';
import { checkOut, RESERVATION_PENDING } from '../domain/checkout.ts';
import {
  awaitedProducts,
  type HoldTerms,
  isAwaitingHolds,
  requestMissingHolds,
  requestPendingHolds,
} from '../domain/hold.ts';
import type { CartView } from '../domain/view.ts';
import { cartKey, catalogKey } from '../store/entity-types.ts';
import { type Decisions, productsOf } from './decisions.ts';
import { createResponseNotifier } from './response-notifier.ts';
import type { Caller, Carts, CartsDeps } from './types.ts';

/** How long a checkout waits before it looks for a response that another process has stored. */
const POLL_MS = 250;

/**
 * A hold that expires sooner is renewed first: as long as a checkout waits at most. A hold that is shorter than that
 * altogether counts once this checkout has renewed it, so that any length works, and so do clocks that differ.
 */
const RENEW_MS = 5_000;

/**
 * Checks carts out. Where Product does not hold a line, it requests the hold, in a write of its own, and waits for the
 * response until the deadline; then it requests again what is pending, for the next attempt, and rejects with `unavailable`.
 */
export function createCheckout(
  { table, now, notifier = createResponseNotifier(), reservationWaitMs = 5_000 }: CartsDeps,
  { change, catalogOf, momentOf }: Decisions,
): Carts['checkOut'] {
  /** Writes what is decided about the cart and the catalog's entries of its products; resolves to the cart after it. */
  const write = async (cartId: string, decide: (cart: Cart, catalog: Catalog) => CartDecision) => {
    const key = cartKey(cartId);
    const { state } = await table.transact(
      [key],
      (read) => {
        const cart = read.get(key);
        if (!cart) return { state: undefined, writes: [] };
        const catalog = catalogOf(productsOf(cart).flatMap((id) => read.get(catalogKey(id)) ?? []));
        const { state, events } = decide(cart, catalog);
        return { state, writes: state === cart ? [] : [put(key, state, events)] };
      },
      { additionalReads: (read) => productsOf(read.get(key)).map(catalogKey) },
    );
    return state;
  };

  const untilResponded = async (caller: Caller, cartId: string, holds: HoldTerms, deadline: number) => {
    const { idle = (wait) => wait() } = caller;
    for (;;) {
      // Begun before the read: no response can come between both unnoticed.
      const remainingMs = deadline - performance.now();
      if (remainingMs <= 0) return;
      const response = notifier.next(cartId, Math.min(POLL_MS, remainingMs));
      const cart = await table.get(cartKey(cartId));
      if (!cart || !isAwaitingHolds(cart, holds)) return;
      await idle(() => response);
    }
  };

  return async (anyCaller, cartId, agreed = {}) => {
    const caller = repeatable(anyCaller);
    const deadline = performance.now() + reservationWaitMs;
    const renewBefore = () => new Date(Date.parse(now()) + RENEW_MS).toISOString();
    const attempt = (awaited: ReadonlySet<string> = new Set()) =>
      change(caller, cartId, (cart, catalog, moment) =>
        checkOut(cart, catalog, moment, { agreed, holds: { renewBefore: renewBefore(), awaited } }),
      );
    try {
      return await attempt();
    } catch (error) {
      if (!isPending(error)) throw error;
    }
    const requested = await write(cartId, (cart, catalog) =>
      requestMissingHolds(cart, catalog, { renewBefore: renewBefore() }, momentOf(cart)),
    );
    const awaited = requested ? awaitedProducts(requested) : new Set<string>();
    await untilResponded(caller, cartId, { renewBefore: renewBefore(), awaited }, deadline);
    try {
      return await attempt(awaited);
    } catch (error) {
      if (isPending(error)) await write(cartId, (cart) => requestPendingHolds(cart, momentOf(cart)));
      throw error;
    }
  };
}

/** A repeated checkout gets the same response, although the order has another ETag than the cart had (RFC 9110, 13.1.1). */
function repeatable(caller: Caller): Caller {
  const isAllowedOn = (cart: CartView) =>
    cart.status === 'checkedOut' || (caller.isAllowedOn?.(cart) ?? true);
  return { ...caller, isAllowedOn };
}

function isPending(error: unknown): boolean {
  return error instanceof DomainError && error.code === RESERVATION_PENDING;
}
