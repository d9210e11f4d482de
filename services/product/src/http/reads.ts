import type { App } from '@tandem/chassis/http/types';
import { DomainError } from '@tandem/chassis/errors';
import { isNotModified, parsePreconditions, versionTag } from '@tandem/chassis/http/preconditions';
import { noBody } from '@tandem/chassis/http/schema';
import type { CachedTable } from '@tandem/storage/cached';
import { live, type Product, type StoredProduct } from '../domain/product.ts';
import { BY_CATEGORY, categoryPartition, productKey, products } from '../store/kinds.ts';
import * as schemas from './schemas.ts';

/** The reads of the catalog: open to everyone, possibly a moment old. */
export function registerReads(app: App, table: CachedTable): void {
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
      // As a rule it is smaller than what is worth it, and even to look costs a tenth of the answer.
      compress: false,
      schema: {
        summary: 'Fetch a product',
        params: schemas.byId,
        headers: schemas.conditionalRead,
        response: { 200: schemas.product, 304: noBody('The product is as the ETag says') },
      },
      config: { problems: [404] },
    },
    // No promise where none is needed: most reads are of what was read a moment ago.
    (request, reply) => {
      const asked = productKey(request.params.productId);
      const answer = (stored: StoredProduct | undefined) => {
        const product = live(stored);
        if (!product)
          throw new DomainError('notFound', 'product-not-found', `there is no product ${asked.id}`);
        const tag = versionTag(product.version);
        reply.header('etag', tag);
        if (!isNotModified(parsePreconditions(request.headers), tag)) {
          reply.header('content-type', JSON_UTF8).serializer(jsonOf);
          return product;
        }
        reply.code(304).send();
        return undefined;
      };
      const known = table.peek(asked);
      return known ? answer(known) : table.get(asked, { consistent: false }).then(answer);
    },
  );
}

const JSON_UTF8 = 'application/json; charset=utf-8';

/** A product as it is sent, for as long as it is kept. */
const texts = new WeakMap<Product, string>();

function jsonOf(product: Product): string {
  const text = texts.get(product) ?? JSON.stringify(product);
  texts.set(product, text);
  return text;
}

function liveOnes(stored: readonly StoredProduct[]) {
  return stored.flatMap((product) => live(product) ?? []);
}
