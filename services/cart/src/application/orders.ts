import { DomainError } from '@tandem/chassis/errors';
import type { Page, Query, Table } from '@tandem/storage/table';
import { readOrderNumber } from '../domain/order.ts';
import { type CartView, type VisibleCart, viewOf } from '../domain/view.ts';
import { ALL_ORDERS, BY_USER, cartKey, orderKey, orders } from '../store/entity-types.ts';

/** The orders of all users and guests, for an operator. Carts have their public ids. */
export interface Orders {
  /** Lists the orders, the newest first. */
  list(query: Pick<Query, 'limit' | 'cursor'>): Promise<Page<CartView>>;
  /** The order with a number as a person writes it. Rejects with `notFound`. */
  find(orderNumber: string): Promise<CartView>;
}

export function createOrders(table: Pick<Table, 'get' | 'getMany' | 'query'>): Orders {
  const view = (order: VisibleCart) => viewOf(order, { entries: new Map(), isSynchronised: true });

  return {
    async list({ limit, cursor }) {
      const all = { index: BY_USER, partition: ALL_ORDERS, order: 'descending' as const };
      const page = await table.query(orders, { ...all, limit, ...(cursor && { cursor }) });
      const carts = await table.getMany(page.items.map(({ cartId }) => cartKey(cartId)));
      const byId = new Map(carts.map((cart) => [cart.cartId, cart as VisibleCart]));
      const items = page.items.flatMap(({ cartId }) => byId.get(cartId) ?? []).map(view);
      return { items, ...(page.cursor && { cursor: page.cursor }) };
    },

    async find(orderNumber) {
      const number = readOrderNumber(orderNumber);
      const order = number === undefined ? undefined : await table.get(orderKey(number));
      const cart = order && (await table.get(cartKey(order.cartId)));
      if (cart) return view(cart as VisibleCart);
      throw new DomainError('notFound', 'order-not-found', 'Order not found. Check its number.');
    },
  };
}
