import { DomainError } from '@tandem/chassis/errors';
import type { EventOf } from '@tandem/contracts/events';

/** A product as this service knows it, by events alone. */
export interface CatalogProduct {
  readonly productId: string;
  readonly version: number;
  readonly name: string;
  readonly price: number;
  readonly currency: string;
  readonly inventory: number;
  readonly updatedAt: string;
}

/** What stays of a product that was deleted, so that a late event cannot bring it back. */
export interface DeletedCatalogProduct {
  readonly productId: string;
  readonly version: number;
  readonly deleted: true;
}

export type CatalogEntry = CatalogProduct | DeletedCatalogProduct;

/** What is known of some products, and whether what is not known may yet come. */
export interface Catalog {
  readonly entries: ReadonlyMap<string, CatalogEntry>;
  readonly isSynchronised: boolean;
}

/** As Product has it; what others send longer is cut, or a hundred lines would not fit into an item. */
const MAX_NAME_LENGTH = 200;

type ProductEvent = EventOf<'ProductCreated' | 'ProductUpdated' | 'ProductSnapshot' | 'ProductDeleted'>;

/** The entry that an event of a product leaves, if no newer one is known. */
export function entryOf(event: ProductEvent): CatalogEntry {
  const { productId, version } = event;
  if (event.eventType === 'ProductDeleted') return { productId, version, deleted: true };
  const { price, currency, inventory, updatedAt } = event;
  const name = event.name.slice(0, MAX_NAME_LENGTH).toWellFormed();
  return { productId, version, name, price, currency, inventory, updatedAt };
}

/** The product, if it is known and not deleted. */
export function live(entry: CatalogEntry | undefined): CatalogProduct | undefined {
  return entry === undefined || 'deleted' in entry ? undefined : entry;
}

/**
 * The product that a cart can take. Throws `notFound` for one that nobody told of, `unavailable` while the catalog is
 * still being filled and it may yet come, and `conflict` for one that was deleted.
 */
export function sellable({ entries, isSynchronised }: Catalog, productId: string): CatalogProduct {
  const entry = entries.get(productId);
  const product = live(entry);
  if (product) return product;
  if (entry) throw new DomainError('conflict', 'product-deleted', `product ${productId} is no longer sold`);
  if (isSynchronised)
    throw new DomainError('notFound', 'product-not-found', `there is no product ${productId}`);
  throw new DomainError(
    'unavailable',
    'catalog-not-synchronised',
    'the catalog is still being filled: try again',
    {
      details: { retryAfterSeconds: 1 },
    },
  );
}
