import type { Cart } from './cart.ts';
import type { Line } from './line.ts';

/** The fields of a line event. */
type LineState = Pick<Line, 'productId' | 'priceAtAdd' | 'qty' | 'movedFrom'>;

/** The event of a line change by `change` units, added or, if negative, removed. `cart` is the state after the change. */
export function lineEvent(cart: Cart, line: LineState, change: number) {
  const { cartId, userId, currency, version, updatedAt } = cart;
  const { productId, priceAtAdd, qty: lineQty } = line;
  return {
    ...movesOf(line),
    eventType: change > 0 ? ('ProductAddedToCart' as const) : ('ProductRemovedFromCart' as const),
    cartId,
    userId,
    productId,
    priceAtAdd,
    ...(currency === null ? {} : { currency }),
    qty: Math.abs(change),
    lineQty,
    timestamp: updatedAt,
    cartVersion: version,
  };
}

/** The carts that a line was moved from, as its events carry them. */
export function movesOf({ movedFrom }: Pick<Line, 'movedFrom'>) {
  if (!movedFrom) return {};
  return { movedFrom: movedFrom.map(({ cartId, cartVersion }) => ({ cartId, cartVersion })) };
}
