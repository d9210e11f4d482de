import type { App } from '@tandem/chassis/http/types';
import { DomainError } from '@tandem/chassis/errors';
import { isNotModified, parsePreconditions, versionTag } from '@tandem/chassis/http/preconditions';
import { noBody } from '@tandem/chassis/http/schema';
import type { CachedTable } from '@tandem/storage/cached';
import {
  type Description,
  found,
  hasDescription,
  live,
  type Product,
  type StoredProduct,
} from '../domain/product.ts';
import { viewOf } from '../domain/view.ts';
import {
  BY_CATEGORY,
  categoryPartition,
  descriptionKey,
  productKey,
  products,
} from '../store/entity-types.ts';
import * as schemas from './schemas.ts';

/** The reads of the catalog: open to everyone, possibly a moment old. */
export function registerReads(app: App, table: CachedTable): void {
  app.get(
    '/products',
    {
      schema: {
        summary: 'List products by category or by ids, without descriptions',
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
        summary: 'Get a product',
        params: schemas.byId,
        headers: schemas.conditionalRead,
        response: { 200: schemas.product, 304: noBody('Not modified') },
      },
      config: { problems: [404] },
    },
    // No promise where none is needed: most reads are of what was read a moment ago.
    (request, reply) => {
      const id = request.params.productId;
      const respond = ({ product, description }: ReadProduct) => {
        const tag = versionTag(product.contentVersion);
        reply.header('etag', tag);
        if (!isNotModified(parsePreconditions(request.headers), tag)) {
          reply.header('content-type', JSON_UTF8).serializer(() => textOf(product, description));
          return viewOf(product, description);
        }
        reply.code(304).send();
        return undefined;
      };
      const known = peekProduct(table, id);
      return known ? respond(known) : readProduct(table, id).then(respond);
    },
  );
}

const JSON_UTF8 = 'application/json; charset=utf-8';

/** A product as it is sent, for as long as its state is cached. */
const texts = new WeakMap<Product, string>();

function textOf(product: Product, description: Description | undefined): string {
  const text = texts.get(product) ?? JSON.stringify(viewOf(product, description));
  texts.set(product, text);
  return text;
}

interface ReadProduct {
  readonly product: Product;
  readonly description?: Description | undefined;
}

/** The product and its description, if both were read a moment ago. */
function peekProduct(table: CachedTable, productId: string): ReadProduct | undefined {
  const product = live(table.peek(productKey(productId)));
  if (!product) return undefined;
  const description = hasDescription(product) ? table.peek(descriptionKey(productId)) : undefined;
  return isComplete(product, description) ? { product, description } : undefined;
}

/** The product with the description that belongs to it. Throws notFound where there is none. */
async function readProduct(table: CachedTable, productId: string): Promise<ReadProduct> {
  for (const consistent of [false, true, true]) {
    const keys = [productKey(productId), descriptionKey(productId)] as const;
    const read = await table.read(keys, { consistent });
    const product = found(read.get(keys[0]), productId);
    // The description of an earlier content may still be stored.
    const description = hasDescription(product) ? read.get(keys[1]) : undefined;
    if (isComplete(product, description)) return { product, description };
  }
  throw new DomainError('unavailable', 'product-changing', 'The product is being changed. Read it again.');
}

/** Whether this is the description that the product was written with: the two are read separately. */
function isComplete({ descriptionVersion }: Product, description: Description | undefined): boolean {
  return descriptionVersion === description?.version;
}

function liveOnes(stored: readonly StoredProduct[]) {
  return stored.flatMap((entry) => {
    const product = live(entry);
    return product ? viewOf(product, undefined) : [];
  });
}
