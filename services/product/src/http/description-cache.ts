import { LRUCache } from 'lru-cache';
import type { Description, Product } from '../domain/product.ts';

/** Largest number of characters that are kept: 20 MB at most. */
const MAX_CHARACTERS = 10_000_000;
/** Counted for each entry in addition to its text. */
const ENTRY_CHARACTERS = 100;

/** A product with its description, if it has one. */
export interface ReadProduct {
  readonly product: Product;
  readonly description?: Description | undefined;
}

/** What a task knows of descriptions: the one that it has read last of each product, or that it had none. */
export interface DescriptionCache {
  has(productId: string): boolean;
  keep(productId: string, description: Description | undefined): void;
  /** The product with its description, if the known one has the version that the product names; otherwise undefined. */
  complete(product: Product): ReadProduct | undefined;
}

/**
 * Creates a cache of descriptions. It needs no time limit: a product names the version of its description, whose text never
 * changes. So a read of a product whose description is known reads one item instead of two.
 */
export function createDescriptionCache(): DescriptionCache {
  const known = new LRUCache<string, { readonly description: Description | undefined }>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ description }) => ENTRY_CHARACTERS + (description?.text.length ?? 0),
  });
  return {
    has: (productId) => known.has(productId),
    keep: (productId, description) => void known.set(productId, { description }),
    complete(product) {
      const entry = known.get(product.productId);
      if (!entry || entry.description?.version !== product.descriptionVersion) return undefined;
      return { product, description: entry.description };
    },
  };
}
