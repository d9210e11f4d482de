import type { Cart } from '@tandem/cart/domain/cart';
import { isPending, type Line } from '@tandem/cart/domain/line';
import { live, type StoredProduct } from '@tandem/product/domain/product';
import type { Reservation } from '@tandem/product/domain/reservation';

/** Pair of a product and a cart, whose state is compared between both services. */
export interface Pair {
  readonly productId: string;
  readonly cartId: string;
}

/** Stored cart. An expired one remains until TTL deletes it, which publishes CartExpired. */
export interface StoredCart {
  readonly state: Cart;
  readonly hasExpired: boolean;
}

/** Stored state of a pair. */
export interface Facts {
  /** Incarnation of the product; 0 where it does not exist or is deleted. */
  readonly incarnation: number;
  readonly reservation: Reservation | undefined;
  readonly cart: StoredCart | undefined;
  /** For a merged cart: the cart that finally has its lines, with the reservation of the same product. */
  readonly mergedInto?: { readonly cart: Cart | undefined; readonly reservation: Reservation | undefined };
}

/** Incarnation that valid holds must have. */
export function incarnationOf(product: StoredProduct | undefined): number {
  return live(product)?.incarnation ?? 0;
}

/** Units that are held according to a line; holds of an earlier incarnation of the product are void. */
export function heldByLine({ heldQty, holdVersion }: Line, incarnation: number): number {
  if (incarnation === 0) return 0;
  return holdVersion !== undefined && holdVersion < incarnation ? 0 : heldQty;
}

/**
 * Whether the pending request of another cart's line will move the units of this cart: a single request releases and holds
 * them atomically, so that no other cart can reserve them in between.
 */
export function isMovedByRequest(
  { productId, cartId }: Pair,
  { reservation, mergedInto }: Pick<Facts, 'reservation' | 'mergedInto'>,
): boolean {
  const { cart, reservation: target } = mergedInto ?? {};
  const line =
    cart?.status === 'open' ? cart.lines.find((candidate) => candidate.productId === productId) : undefined;
  if (!line || !isPending(line)) return false;
  return (line.movedFrom ?? []).some(
    (source) =>
      source.cartId === cartId &&
      source.cartVersion > (reservation?.cartVersion ?? 0) &&
      source.mergedAt > (target?.cartVersion ?? 0),
  );
}
