import { type Cart, cartPath, type ListPage } from '../../commerce.ts';
import { Problem, request, type RequestOptions } from '../../api.ts';
import { linkTo } from '../../parts/address.ts';
import { queries } from '../../query.ts';
import { guestOrders, user } from '../../session.ts';

/** Guest orders that this browser keeps. */
const MAX_GUEST_ORDERS = 50;

/** Number of an order; '' for a cart that is none. */
function numberOf({ orderNumber = '' }: Cart): string {
  return orderNumber;
}

/** Address of an order: by its number, since the id of a guest's order is a secret. */
export function orderAddress(order: Cart): string {
  return linkTo('shop', `order/${numberOf(order)}`);
}

/** Sentence that names an order. */
export function latestOrder(order: Cart): string {
  return `It is order ${numberOf(order)}.`;
}

/** Key of the order with a number, as the current user or guest. */
export const orderKey = (number: string) => ['order', number, user.value?.name ?? null];

/** Keeps an order for its page; a guest's also beyond the tab, which is the only way back to it. */
export function keepOrder(order: Cart): void {
  const number = numberOf(order);
  queries.setQueryData(orderKey(number), order);
  void queries.invalidateQueries({ queryKey: ['orders'] });
  if (order.userId !== null) return;
  const others = guestOrders.value.filter(({ cartId }) => cartId !== order.cartId);
  guestOrders.value = [{ number, cartId: order.cartId }, ...others].slice(0, MAX_GUEST_ORDERS);
}

/** Reads a page of the user's orders, newest first. Rejects with a {@link Problem}. */
export async function readOrders(
  cursor: string | undefined,
  options: RequestOptions,
): Promise<ListPage<Cart>> {
  const query = new URLSearchParams({ mine: 'true', status: 'checkedOut' });
  if (cursor !== undefined) query.set('cursor', cursor);
  return (await request<ListPage<Cart>>(`/carts?${query}`, { ...options, token: user.value?.token })).body;
}

/** Reads the orders that were placed as a guest in this browser, newest first. */
export async function readGuestOrders(options: RequestOptions): Promise<ListPage<Cart>> {
  const found = await Promise.all(guestOrders.value.map(({ cartId }) => readGuestOrder(cartId, options)));
  return { items: found.filter((order) => order !== null) };
}

/** Reads an order by its number: one of this browser's guest, or of the signed-in user. Null if there is none. */
export async function readOrder(number: string, options: RequestOptions): Promise<Cart | null> {
  const kept = guestOrders.value.find((order) => order.number === number);
  if (kept) return readGuestOrder(kept.cartId, options);
  if (!user.value) return null;
  for (let cursor: string | undefined; ;) {
    const { items, nextCursor } = await readOrders(cursor, options);
    const found = items.find((order) => order.orderNumber === number);
    if (found || nextCursor === undefined) return found ?? null;
    cursor = nextCursor;
  }
}

async function readGuestOrder(cartId: string, options: RequestOptions): Promise<Cart | null> {
  try {
    return (await request<Cart>(cartPath(cartId), options)).body;
  } catch (error) {
    // Data that was not kept (EPHEMERAL=1) is gone after a restart.
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}
