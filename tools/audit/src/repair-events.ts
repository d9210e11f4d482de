import { type Cart, totalOf } from '@tandem/cart/domain/cart';
import type { Line } from '@tandem/cart/domain/line';
import { eventIdOf, repairIdOf } from '@tandem/contracts/event-id';
import type { NewEvent } from '@tandem/contracts/events';
import type { Reservation } from '@tandem/product/domain/reservation';
import type { Facts } from './facts.ts';

/** Repair of a difference: an event for Product, as Cart publishes it, or the reason why no event can repair it. */
export type Repair =
  | {
      readonly kind: 'event';
      readonly eventId: string;
      readonly event: NewEvent;
      /** Growth of the units held: releases, with a negative growth, are published first. */
      readonly growth: number;
    }
  | { readonly kind: 'none'; readonly reason: string };

const noTotal = { totalAmount: 0, currency: null };

/** Event that releases a hold without a line. The cart's own next change supersedes it by its version. */
export function releaseOf(reservation: Reservation, cart: Cart | undefined, now: number): Repair {
  const { productId, cartId, held } = reservation;
  const next = reservation.cartVersion + 1;
  const cartVersion = Math.max(cart?.version ?? 0, next);
  const timestamp = new Date(now).toISOString();
  const common = { cartId, userId: cart?.userId ?? null, timestamp, cartVersion };
  const event: NewEvent = cart
    ? { eventType: 'ProductRemovedFromCart', ...common, productId, priceAtAdd: 0, qty: held, lineQty: 0 }
    : { eventType: 'CartExpired', ...common, items: [{ productId, qty: held, priceAtAdd: 0 }], ...noTotal };
  const eventId = repairIdOf(cartId, productId, cartVersion);
  return { kind: 'event', eventId, event, growth: -held };
}

/** Event that requests the hold of a line again, including the units that it moves from other carts. */
export function requestOf(cart: Cart, line: Line, facts: Facts, now: number): Repair {
  const cartVersion = requestVersion(cart, line, facts);
  const { cartId, userId } = cart;
  const { productId, qty } = line;
  if (cartVersion === undefined) {
    const known = facts.reservation?.cartVersion ?? 0;
    return {
      kind: 'none',
      reason: `no event can repair it: the cart has version ${cart.version}, Product has ${known}. Change the line until its version is higher`,
    };
  }
  const movedFrom = line.movedFrom?.map(({ cartId, cartVersion }) => ({ cartId, cartVersion }));
  return {
    kind: 'event',
    eventId: repairIdOf(cartId, productId, cartVersion),
    event: {
      eventType: 'InventoryReservationRequested',
      cartId,
      userId,
      items: [{ productId, qty, ...(movedFrom ? { movedFrom } : {}) }],
      timestamp: new Date(now).toISOString(),
      cartVersion,
    },
    growth: qty - (facts.reservation?.held ?? 0),
  };
}

/** The event of an order's sale, with its own id: other consumers may have it already. */
export function saleOf(order: Cart): Repair {
  const { cartId, userId, currency, version: cartVersion, lines, checkedOutAt, updatedAt } = order;
  return {
    kind: 'event',
    eventId: eventIdOf({ kind: 'cart', key: cartId, version: cartVersion }, 0),
    event: {
      eventType: 'CartCheckedOut',
      cartId,
      userId,
      items: lines.map(({ productId, qty, priceAtAdd }) => ({ productId, qty, priceAtAdd })),
      totalAmount: totalOf(order),
      currency,
      timestamp: checkedOutAt ?? updatedAt,
      cartVersion,
    },
    growth: 0,
  };
}

/**
 * The cart version of a request to which Product responds, and whose response the cart applies: the one that Product has, if
 * that requested the line's quantity and Product responds again to it; otherwise one that is newer for Product. Undefined where
 * there is none, such as after a restore of the carts table without a raise of its versions.
 */
function requestVersion(cart: Cart, line: Line, { incarnation, reservation }: Facts): number | undefined {
  const known = reservation?.cartVersion ?? 0;
  const revision = (reservation?.version ?? 0) + 1;
  const { cartVersion: applied, revision: appliedRevision = 0 } = line.response;
  const isApplied = (version: number) =>
    version <= cart.version && (version > applied || (version === applied && revision > appliedRevision));
  const responds =
    reservation !== undefined &&
    reservation.incarnation === incarnation &&
    reservation.requestedQty === line.qty &&
    ['held', 'rejected', 'expired'].includes(reservation.outcome);
  if (responds && known >= line.requestedAt && isApplied(known)) return known;
  return [line.requestedAt, cart.version].find((version) => version > known && isApplied(version));
}
