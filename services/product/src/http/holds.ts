import type { App } from '@tandem/chassis/http/types';
import type { Table } from '@tandem/storage/table';
import { z } from 'zod';
import { createHolds } from '../application/holds.ts';
import * as costs from './costs.ts';
import * as examples from './examples.ts';
import { byId, cursor } from './parameters.ts';

const hold = z.object({
  cartId: z.string().describe('The public id, which grants no access to the cart'),
  holder: z.enum(['guest', 'user']),
  qty: z.int(),
  heldUntil: z.iso.datetime(),
});

const holdPage = z
  .object({
    items: z.array(hold),
    nextCursor: z.string().optional().describe('Present when there may be more; this page may be empty'),
  })
  .meta({ examples: [{ items: [examples.hold] }] });

/** The list of a product's holds, which requires the scope `orders:read`. */
export function registerHolds(app: App, table: Pick<Table, 'get' | 'query'>): void {
  const holdsOf = createHolds(table);

  app.get(
    '/products/:productId/holds',
    {
      schema: {
        summary: 'List the carts that hold units of a product, by their public ids',
        params: byId,
        querystring: z.object({ cursor }),
        response: { 200: holdPage },
      },
      config: { scope: 'orders:read', cost: costs.holds, problems: [404] },
    },
    async ({ params: { productId }, query, charge }) => {
      const page = await holdsOf(productId, query.cursor);
      charge(page.keysRead * costs.HOLD_KEY + page.items.length * costs.BY_ID);
      return { items: page.items, ...(page.cursor === undefined ? {} : { nextCursor: page.cursor }) };
    },
  );
}
