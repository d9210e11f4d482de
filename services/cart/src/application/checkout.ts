import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';
import { put } from '@tandem/storage/table';
import type { Cart, CartDecision } from '../domain/cart.ts';
import type { Catalog } from '../domain/catalog.ts';
import { checkOut, RESERVATION_PENDING } from '../domain/checkout.ts';
import {
  pendingProductIds,
  type HoldRequirements,
  isAwaitingHolds,
  requestMissingHolds,
  requestPendingHolds,
} from '../domain/hold.ts';
import type { CartView } from '../domain/view.ts';
import { cartKey, catalogKey } from '../store/entity-types.ts';
import { type Decisions, productsOf } from './decisions.ts';
import { createResponseNotifier } from './response-notifier.ts';
import type { Caller, Carts, CartsDeps } from './types.ts';

/** Polling interval for responses that another process has stored, and pause before a further round of requests. */
const POLL_MS = 250;

/**
 * A hold that expires within this time, the longest wait of a checkout, is renewed first. A hold that this checkout has
 * renewed is accepted however short it is, so that holds of any duration and clocks that differ are supported.
 */
const RENEW_MS = 5_000;

/**
 * Creates the checkout. For lines without a hold it requests one, in a separate write, and waits for the response until
 * the deadline, also for lines that are added or changed meanwhile. After the deadline it requests pending holds again, for
 * the next attempt, and rejects with `unavailable`.
 */
export function createCheckout(
  { table, now, notifier = createResponseNotifier(), reservationWaitMs = 5_000 }: CartsDeps,
  decisions: Pick<Decisions, 'checkOut' | 'catalogOf' | 'timesOf'>,
): Carts['checkOut'] {
  const { catalogOf, timesOf } = decisions;

  /** Decides about a cart and the catalog entries of its products, and writes; resolves to the cart after it and these entries. */
  const write = (cartId: string, decide: (cart: Cart, catalog: Catalog) => CartDecision) => {
    const key = cartKey(cartId);
    return table.transact(
      [key],
      (read) => {
        const cart = read.get(key);
        if (!cart) return { cart, catalog: catalogOf([]), writes: [] };
        const catalog = catalogOf(productsOf(cart).flatMap((id) => read.get(catalogKey(id)) ?? []));
        const { state, events } = decide(cart, catalog);
        return { cart: state, catalog, writes: state === cart ? [] : [put(key, state, events)] };
      },
      { additionalReads: (read) => productsOf(read.get(key)).map(catalogKey) },
    );
  };

  const waitForResponses = async (
    idle: NonNullable<Caller['idle']>,
    cartId: string,
    catalog: Catalog,
    holds: HoldRequirements,
    deadline: number,
  ) => {
    for (;;) {
      // Subscribed before the read: a response that is stored in between is not missed.
      const remainingMs = deadline - performance.now();
      if (remainingMs <= 0) return;
      const response = notifier.next(cartId, Math.min(POLL_MS, remainingMs));
      const cart = await table.get(cartKey(cartId));
      if (!cart || !isAwaitingHolds(cart, catalog, holds)) return;
      await idle(() => response);
    }
  };

  return async (originalCaller, cartId, expected = {}) => {
    const caller = withRetriesAllowed(originalCaller);
    const { idle = (wait) => wait() } = caller;
    const deadline = performance.now() + reservationWaitMs;
    const renewBefore = () => new Date(Date.parse(now()) + RENEW_MS).toISOString();
    const attempt = (awaitedProductIds: ReadonlySet<string> = new Set()) =>
      decisions.checkOut(caller, cartId, (cart, catalog, times) =>
        checkOut(cart, catalog, times, {
          expected,
          holds: { renewBefore: renewBefore(), awaitedProductIds },
        }),
      );
    try {
      return await attempt();
    } catch (error) {
      if (!isPending(error)) throw error;
    }
    // A line that is added or changed meanwhile needs a further round.
    for (const awaitedProductIds = new Set<string>(); ; await idle(() => delay(POLL_MS))) {
      const { cart, catalog } = await write(cartId, (cart, catalog) =>
        requestMissingHolds(cart, catalog, { renewBefore: renewBefore(), awaitedProductIds }, timesOf(cart)),
      );
      for (const productId of cart ? pendingProductIds(cart) : []) awaitedProductIds.add(productId);
      const holds = { renewBefore: renewBefore(), awaitedProductIds };
      await waitForResponses(idle, cartId, catalog, holds, deadline);
      try {
        return await attempt(awaitedProductIds);
      } catch (error) {
        if (!isPending(error)) throw error;
        if (performance.now() + POLL_MS < deadline) continue;
        await write(cartId, (cart) => requestPendingHolds(cart, timesOf(cart)));
        throw error;
      }
    }
  };
}

/** Lets a retried checkout return the order, although its ETag differs from that of the cart (RFC 9110, 13.1.1). */
function withRetriesAllowed(caller: Caller): Caller {
  const { meetsPreconditions } = caller;
  if (!meetsPreconditions) return caller;
  return {
    ...caller,
    meetsPreconditions: (cart: CartView) => cart.status === 'checkedOut' || meetsPreconditions(cart),
  };
}

function isPending(error: unknown): boolean {
  return error instanceof DomainError && error.code === RESERVATION_PENDING;
}
