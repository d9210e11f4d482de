import type { App } from '@tandem/chassis/http/types';
import { DomainError } from '@tandem/chassis/errors';
import { isNotModified, parsePreconditions, versionTag } from '@tandem/chassis/http/preconditions';
import { noBody } from '@tandem/chassis/http/schema';
import type { CachedTable } from '@tandem/storage/cached';
import {
  type Description,
  requireProduct,
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

/** Reads of the catalog: public and eventually consistent. */
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
      if (ids) return { items: viewsOf(await table.getMany(ids.map(productKey))) };
      const partition = category === undefined ? {} : { partition: categoryPartition(category) };
      const page = await table.query(products, {
        index: BY_CATEGORY,
        limit,
        ...partition,
        ...(cursor ? { cursor } : {}),
      });
      return { items: viewsOf(page.items), ...(page.cursor ? { nextCursor: page.cursor } : {}) };
    },
  );

  app.get(
    '/products/:productId',
    {
      // Most products are too small to be worth compressing, and the check would add a tenth to the CPU time.
      compress: false,
      schema: {
        summary: 'Get a product',
        params: schemas.byId,
        headers: schemas.conditionalRead,
        response: { 200: schemas.product, 304: noBody('Not modified') },
      },
      config: { problems: [404] },
    },
    // Without a promise for cached products, which are most: it would add CPU time.
    (request, reply) => {
      const id = request.params.productId;
      const respond = ({ product, description }: ReadProduct) => {
        const tag = versionTag(product.contentVersion);
        reply.header('etag', tag);
        if (!isNotModified(parsePreconditions(request.headers), tag)) {
          reply.header('content-type', JSON_UTF8).serializer(() => jsonOf(product, description));
          return viewOf(product, description);
        }
        reply.code(304).send();
        return undefined;
      };
      const cached = peekProduct(table, id);
      return cached ? respond(cached) : readProduct(table, id).then(respond);
    },
  );
}

const JSON_UTF8 = 'application/json; charset=utf-8';

/** JSON of products in responses, kept as long as their state is cached. */
const cachedJson = new WeakMap<Product, string>();

function jsonOf(product: Product, description: Description | undefined): string {
  const json = cachedJson.get(product) ?? JSON.stringify(viewOf(product, description));
  cachedJson.set(product, json);
  return json;
}

interface ReadProduct {
  readonly product: Product;
  readonly description?: Description | undefined;
}

/** The product and its description, if both are cached. */
function peekProduct(table: CachedTable, productId: string): ReadProduct | undefined {
  const product = live(table.peek(productKey(productId)));
  if (!product) return undefined;
  const description = hasDescription(product) ? table.peek(descriptionKey(productId)) : undefined;
  return isComplete(product, description) ? { product, description } : undefined;
}

/** Reads a product with the description of the same version. Rejects with `notFound` for a missing product. */
async function readProduct(table: CachedTable, productId: string): Promise<ReadProduct> {
  for (const consistent of [false, true, true]) {
    const keys = [productKey(productId), descriptionKey(productId)] as const;
    const read = await table.read(keys, { consistent });
    const product = requireProduct(read.get(keys[0]), productId);
    // The stored description may be that of an earlier version of the content.
    const description = hasDescription(product) ? read.get(keys[1]) : undefined;
    if (isComplete(product, description)) return { product, description };
  }
  throw new DomainError(
    'unavailable',
    'product-changing',
    'The product is being changed. Retry the request.',
  );
}

/** Whether product and description have the same version: the read of both is not atomic. */
function isComplete({ descriptionVersion }: Product, description: Description | undefined): boolean {
  return descriptionVersion === description?.version;
}

function viewsOf(stored: readonly StoredProduct[]) {
  return stored.flatMap((entry) => {
    const product = live(entry);
    return product ? viewOf(product, undefined) : [];
  });
}
