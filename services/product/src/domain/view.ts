import type { ProductContent } from './content.ts';
import { contentOf, type Description, type Product } from './product.ts';
import { availableOf } from './stock.ts';

/** A product as the API returns it. */
export interface ProductView extends ProductContent {
  readonly productId: string;
  /** Available units. */
  readonly inventory: number;
  readonly onHand: number;
  readonly held: number;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The view of a product; without its description if that was not read. */
export function viewOf(product: Product, description: Description | undefined): ProductView {
  const { productId, onHand, held, version, createdAt, updatedAt } = product;
  return {
    productId,
    ...contentOf(product, description),
    inventory: availableOf(product),
    onHand,
    held,
    version,
    updatedAt,
    createdAt,
  };
}
