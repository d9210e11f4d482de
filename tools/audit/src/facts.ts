import type { Cart } from '@tandem/cart/domain/cart';
import { isPending, type Line } from '@tandem/cart/domain/line';
import { live, type StoredProduct } from '@tandem/product/domain/product';
import type { Reservation } from '@tandem/product/domain/reservation';

/** A product in a cart: what both services know of it is compared. */
export interface Pair {
  readonly productId: string;
  readonly cartId: string;
}

/** A cart as it is stored. One that has expired is stored until the table removes it, which publishes CartExpired. */
export interface StoredCart {
  readonly state: Cart;
  readonly hasExpired: boolean;
}

/** What is stored of a pair. */
export interface Facts {
  /** The incarnation of the product; 0 where there is none, or it is deleted. */
  readonly incarnation: number;
  readonly reservation: Reservation | undefined;
  readonly cart: StoredCart | undefined;
  /** Of a merged cart: the cart that its lines moved to in the end, with the reservation of the same product. */
  readonly mergedInto?: { readonly cart: Cart | undefined; readonly reservation: Reservation | undefined };
}

/** The incarnation that holds have to be of. */
export function incarnationOf(product: StoredProduct | undefined): number {
  return live(product)?.incarnation ?? 0;
}

/** Units that a line believes to be held; those of an earlier incarnation of the product are void. */
export function heldByLine({ heldQty, holdVersion }: Line, incarnation: number): number {
  if (incarnation === 0) return 0;
  return holdVersion !== undefined && holdVersion < incarnation ? 0 : heldQty;
}

/**
 * Whether the request of another cart's line will move the units of this cart: one request then releases them there and
 * holds them here, so that nobody else can have them in between.
 */
export function isMovedByRequest(
  { productId, cartId }: Pair,
  { reservation, mergedInto }: Pick<Facts, 'reservation' | 'mergedInto'>,
): boolean {
  const { cart, reservation: target } = mergedInto ?? {};
  const line = cart?.status === 'open' ? cart.lines.find((it) => it.productId === productId) : undefined;
  if (!line || !isPending(line)) return false;
  return (line.movedFrom ?? []).some(
    (source) =>
      source.cartId === cartId &&
      source.cartVersion > (reservation?.cartVersion ?? 0) &&
      source.mergedAt > (target?.cartVersion ?? 0),
  );
}
