import type { App } from '@tandem/chassis/http/types';
import type { Orders } from '../application/orders.ts';
import * as costs from './costs.ts';
import * as schemas from './schemas.ts';

/** Routes of an operator, for the orders of all users and guests. Their carts have public ids, which grant no access. */
export function registerOrderRoutes(app: App, orders: Orders): void {
  const scope = 'orders:read';

  app.get(
    '/orders',
    {
      schema: {
        summary: 'List the orders of all users and guests, the newest first',
        querystring: schemas.orderQuery,
        response: { 200: schemas.cartPage },
      },
      config: { scope, cost: costs.orders },
    },
    async ({ query: { limit, cursor }, charge }) => {
      const page = await orders.list({ limit, ...(cursor && { cursor }) });
      charge(page.items.length * costs.ORDER);
      return { items: page.items, ...(page.cursor && { nextCursor: page.cursor }) };
    },
  );

  app.get(
    '/orders/:orderNumber',
    {
      schema: {
        summary: 'Get the order with a number, as its shopper reads it out',
        params: schemas.byOrderNumber,
        response: { 200: schemas.cart },
      },
      config: { scope, problems: [404] },
    },
    async ({ params: { orderNumber } }) => orders.find(orderNumber),
  );
}
