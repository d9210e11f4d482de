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
import { type ProductView, viewOf } from '../domain/view.ts';
import { createNameSearch } from '../search/name-search.ts';
import {
  BY_CATEGORY,
  categoryPartition,
  descriptionKey,
  productKey,
  products,
} from '../store/entity-types.ts';
import * as costs from './costs.ts';
import { createDescriptionCache, type DescriptionCache, type ReadProduct } from './description-cache.ts';
import * as parameters from './parameters.ts';
import * as schemas from './schemas.ts';

/** Public and eventually consistent: one second, like the cache of a task. */
const cacheControl = 'public, max-age=1';

/** Reads of the catalog: public and eventually consistent. */
export function registerReads(app: App, table: CachedTable): void {
  const search = createNameSearch({ table });
  const descriptions = createDescriptionCache();

  app.get(
    '/products',
    {
      schema: {
        summary: 'List products by category, by words of the name or by ids, without descriptions',
        querystring: parameters.listQuery,
        response: { 200: schemas.productPage },
      },
      config: { cacheControl, cost: costs.list },
    },
    async ({ query: { ids, q, category, limit, cursor }, charge }) => {
      if (ids) {
        charge(ids.length * costs.BY_ID);
        return { items: viewsOf(await table.getMany(ids.map(productKey))) };
      }
      if (q !== undefined) {
        const found = await search({ text: q, category, limit, cursor });
        charge(found.productIds.length * costs.BY_ID);
        const keys = found.productIds.map(productKey);
        const read = await table.read(keys, { consistent: false });
        return {
          items: viewsOf(keys.map((key) => read.get(key))),
          ...(found.cursor === undefined ? {} : { nextCursor: found.cursor }),
          ...(found.isComplete ? {} : { complete: false }),
        };
      }
      const partition = category === undefined ? {} : { partition: categoryPartition(category) };
      const page = await table.query(products, {
        index: BY_CATEGORY,
        limit,
        ...partition,
        ...(cursor ? { cursor } : {}),
      });
      charge(page.items.length * costs.LISTED);
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
        params: parameters.byId,
        headers: parameters.conditionalRead,
        response: { 200: schemas.product, 304: noBody('Not modified') },
      },
      config: { problems: [404], cacheControl },
    },
    // Without a promise for cached products, which are most: it would add CPU time.
    (request, reply) => {
      const id = request.params.productId;
      const respond = ({ product, description }: ReadProduct) => {
        const tag = versionTag(product.contentVersion);
        reply.header('etag', tag);
        if (!isNotModified(parsePreconditions(request.headers), tag)) {
          const { view, json } = responseOf(product, description);
          reply.header('content-type', JSON_UTF8).serializer(() => json);
          return view;
        }
        reply.code(304).send();
        return undefined;
      };
      const cached = peekProduct(table, descriptions, id);
      return cached ? respond(cached) : readProduct(table, descriptions, id).then(respond);
    },
  );
}

const JSON_UTF8 = 'application/json; charset=utf-8';

/** A product in a response, and its JSON. */
interface ProductResponse {
  readonly view: ProductView;
  readonly json: string;
}

/** Responses of products, kept as long as their state is cached. */
const cachedResponses = new WeakMap<Product, ProductResponse>();

function responseOf(product: Product, description: Description | undefined): ProductResponse {
  const cached = cachedResponses.get(product);
  if (cached) return cached;
  const view = viewOf(product, description);
  const response = { view, json: JSON.stringify(view) };
  cachedResponses.set(product, response);
  return response;
}

/** The product and its description, if both are cached. */
function peekProduct(
  table: CachedTable,
  descriptions: DescriptionCache,
  productId: string,
): ReadProduct | undefined {
  const product = live(table.peek(productKey(productId)));
  return product && descriptions.complete(product);
}

/** Reads a product with the description of the same version. Rejects with `notFound` for a missing product. */
async function readProduct(
  table: CachedTable,
  descriptions: DescriptionCache,
  productId: string,
): Promise<ReadProduct> {
  const keys = [productKey(productId), descriptionKey(productId)] as const;
  if (descriptions.has(productId)) {
    const stored = await table.get(keys[0], { consistent: false });
    const known = descriptions.complete(requireProduct(stored, productId));
    if (known) return known;
  }
  for (const consistent of [false, true, true]) {
    const read = await table.read(keys, { consistent });
    const product = requireProduct(read.get(keys[0]), productId);
    // The stored description may be that of an earlier version of the content.
    const description = hasDescription(product) ? read.get(keys[1]) : undefined;
    descriptions.keep(productId, description);
    const complete = descriptions.complete(product);
    if (complete) return complete;
  }
  throw new DomainError(
    'unavailable',
    'product-changing',
    'The product is being changed. Retry the request.',
  );
}

function viewsOf(stored: readonly (StoredProduct | undefined)[]) {
  return stored.flatMap((entry) => {
    const product = live(entry);
    return product ? viewOf(product, undefined) : [];
  });
}
