import type { App } from '@tandem/chassis/http/types';
import { DomainError } from '@tandem/chassis/errors';
import { isNotModified, parsePreconditions, versionTag } from '@tandem/chassis/http/preconditions';
import { noBody } from '@tandem/chassis/http/schema';
import type { Table } from '@tandem/storage/table';
import { live, type StoredProduct } from '../domain/product.ts';
import { BY_CATEGORY, categoryPartition, productKey, products } from '../store/kinds.ts';
import * as schemas from './schemas.ts';

/** The reads of the catalog: open to everyone, possibly a moment old. */
export function registerReads(app: App, table: Table): void {
  app.get(
    '/products',
    {
      schema: {
        summary: 'List products, all or of a category, or fetch some by their ids',
        querystring: schemas.listQuery,
        response: { 200: schemas.productPage },
      },
    },
    async ({ query: { ids, category, limit, cursor } }) => {
      if (ids) return { items: liveOnes(await table.getMany(ids.map(productKey))) };
      const partition = category === undefined ? {} : { partition: categoryPartition(category) };
      const page = await table.query(products, {
        index: BY_CATEGORY,
        limit,
        ...partition,
        ...(cursor ? { cursor } : {}),
      });
      return { items: liveOnes(page.items), ...(page.cursor ? { nextCursor: page.cursor } : {}) };
    },
  );

  app.get(
    '/products/:productId',
    {
      schema: {
        summary: 'Fetch a product',
        params: schemas.byId,
        headers: schemas.conditionalRead,
        response: { 200: schemas.product, 304: noBody('The product is as the ETag says') },
      },
      config: { problems: [404] },
    },
    async ({ params: { productId }, headers }, reply) => {
      const product = live(await table.get(productKey(productId), { consistent: false }));
      if (!product)
        throw new DomainError('notFound', 'product-not-found', `there is no product ${productId}`);
      const tag = versionTag(product.version);
      reply.header('etag', tag);
      return isNotModified(parsePreconditions(headers), tag) ? reply.code(304).send() : product;
    },
  );
}

function liveOnes(stored: readonly StoredProduct[]) {
  return stored.flatMap((product) => live(product) ?? []);
}
