import { noBody } from '@tandem/chassis/http/schema';
import type { App } from '@tandem/chassis/http/types';
import type { Table } from '@tandem/storage/table';
import { readFunnel } from '../application/funnel.ts';
import { readProduct } from '../application/product.ts';
import { readProducts } from '../application/products.ts';
import { csvOfFunnel, csvOfProduct, csvOfProducts } from './csv.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { rangeOf } from './range.ts';
import { CSV_TYPE, prefersCsv, respond } from './respond.ts';
import * as schemas from './schemas.ts';

/** Dependencies of the routes. `now` is in milliseconds since the epoch. */
export interface RoutesDeps {
  readonly table: Table;
  readonly now: () => number;
}

/** Reads of the figures, as JSON or CSV. */
export function registerRoutes(app: App, { table, now }: RoutesDeps): void {
  const config = { scope: 'analytics:read', mediaTypes: [CSV_TYPE] };

  app.get(
    '/analytics/funnel',
    {
      schema: {
        summary: 'Carts opened, abandoned and checked out, by day',
        querystring: schemas.funnelQuery,
        headers: schemas.conditionalRead,
        response: { 200: schemas.funnel, 304: noBody('Not modified') },
      },
      config,
    },
    async ({ query, headers }, reply) =>
      respond(headers, reply, await readFunnel(table, rangeOf(query, now())), csvOfFunnel),
  );

  app.get(
    '/analytics/products',
    {
      schema: {
        summary: 'List the products with figures, by one of them; as CSV without trends',
        querystring: schemas.productsQuery,
        headers: schemas.conditionalRead,
        response: { 200: schemas.productPage, 304: noBody('Not modified') },
      },
      config,
    },
    async ({ query, headers }, reply) => {
      const { sort, limit, cursor } = query;
      const range = rangeOf(query, now());
      const list = { ...range, sort };
      const after = cursor === undefined ? undefined : decodeCursor(cursor, list);
      const { items, next } = await readProducts(table, list, { limit, after });
      const nextCursor = next && encodeCursor(list, next);
      if (nextCursor !== undefined && prefersCsv(headers)) {
        const parameters = new URLSearchParams({ ...list, limit: String(limit), cursor: nextCursor });
        reply.header('link', `</analytics/products?${parameters.toString()}>; rel="next"`);
      }
      const page = { ...range, items, ...(nextCursor !== undefined && { nextCursor }) };
      return respond(headers, reply, page, csvOfProducts);
    },
  );

  app.get(
    '/analytics/products/:productId',
    {
      schema: {
        summary: 'Get the figures of a product by day, and the effect of its price changes; as CSV days only',
        params: schemas.byId,
        querystring: schemas.productQuery,
        headers: schemas.conditionalRead,
        response: { 200: schemas.productFigures, 304: noBody('Not modified') },
      },
      config: { ...config, problems: [404] },
    },
    async ({ params: { productId }, query, headers }, reply) => {
      const at = now();
      return respond(
        headers,
        reply,
        await readProduct(table, productId, rangeOf(query, at), at),
        csvOfProduct,
      );
    },
  );
}
