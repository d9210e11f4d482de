import { useEffect } from 'preact/hooks';
import type { Step } from '../../../../server/protocol.ts';
import { coalesce } from '../../../actions.ts';
import type { RequestOptions } from '../../../api.ts';
import { type Product, readProducts } from '../../../commerce.ts';
import { onStep } from '../../../live.ts';
import { queries, type Read, useRead } from '../../../query.ts';
import { type Catalog, withProducts } from './with-products.ts';

/** Largest number of products that the page reads as a whole. */
export const MAX_PRODUCTS = 5_000;
/** Products of one request, and ids of one. */
const MAX_LIMIT = 100;
/** Delay in which changes are read together, in milliseconds. */
const COALESCE_MS = 100;

const key = ['catalog'];

/** Reads the catalog once, and follows the products whose events arrive. */
export function useCatalog(): Read<Catalog> {
  useEffect(followProducts, []);
  return useRead(key, readCatalog);
}

/** Products of a search by the API, for a catalog that is not complete here. */
export function useSearch(search: string, isNeeded: boolean): Read<readonly Product[]> {
  const read = async (options: RequestOptions) =>
    (await readProducts({ q: search, limit: String(MAX_LIMIT) }, options)).items;
  return useRead(['products', 'search', search], read, { enabled: isNeeded });
}

/** Reads up to {@link MAX_PRODUCTS} products. */
async function readCatalog(options: RequestOptions): Promise<Catalog> {
  const products = new Map<string, Product>();
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await readProducts({ limit: String(MAX_LIMIT), cursor }, options);
    for (const product of items) products.set(product.productId, product);
    cursor = nextCursor;
  } while (cursor !== undefined && products.size < MAX_PRODUCTS);
  // Events may have brought newer states meanwhile.
  const known = queries.getQueryData<Catalog>(key)?.products ?? [];
  for (const product of known)
    if (product.version > (products.get(product.productId)?.version ?? Infinity))
      products.set(product.productId, product);
  return { products: [...products.values()], isComplete: cursor === undefined };
}

/** Reads the products of arriving events again; returns the function that stops it. */
function followProducts(): () => void {
  const changed = new Set<string>();
  const read = coalesce(async () => {
    const ids = [...changed].slice(0, MAX_LIMIT);
    for (const id of ids) changed.delete(id);
    if (ids.length > 0) await refreshProducts(ids).catch(() => queries.invalidateQueries({ queryKey: key }));
    if (changed.size > 0) read();
  }, COALESCE_MS);
  return onStep((step) => {
    const productId = changedBy(step);
    if (productId === undefined) return;
    changed.add(productId);
    read();
  });
}

/** Product whose state a step says to be newer. */
function changedBy(step: Step): string | undefined {
  if (step.kind === 'published') return step.topic === 'product-events-topic' ? step.productId : undefined;
  return step.kind === 'applied' ? step.productId : undefined;
}

/** Reads products again, up to 100, and shows them; those that do not exist any more disappear. */
export async function refreshProducts(ids: readonly string[]): Promise<void> {
  const { items } = await readProducts({ ids: ids.join(',') }, { isOwnRead: true });
  queries.setQueryData<Catalog>(key, (catalog) => catalog && withProducts(catalog, ids, items));
}
