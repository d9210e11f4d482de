import type { Product } from '../../../commerce.ts';

/** Products of the catalog, as lists have them. */
export interface Catalog {
  readonly products: readonly Product[];
  /** Whether these are all products. */
  readonly isComplete: boolean;
}

/** A catalog after the products with `ids` were read again. A product never returns to an older version. */
export function withProducts(catalog: Catalog, ids: readonly string[], read: readonly Product[]): Catalog {
  const fresh = new Map(read.map((product) => [product.productId, product]));
  const known = new Set(catalog.products.map(({ productId }) => productId));
  const gone = new Set(ids.filter((id) => !fresh.has(id)));
  const kept = catalog.products
    .filter(({ productId }) => !gone.has(productId))
    .map((product) => {
      const other = fresh.get(product.productId);
      return other && other.version > product.version ? other : product;
    });
  return { ...catalog, products: [...kept, ...read.filter(({ productId }) => !known.has(productId))] };
}
