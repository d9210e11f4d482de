import { DomainError } from '@tandem/chassis/errors';
import type { EventOf } from '@tandem/contracts/events';

interface EntryVersion {
  readonly productId: string;
  /** Grows with each write of the entry: the product's version plus `versionOffset`. */
  readonly version: number;
  /** Set after a snapshot replaced an implausible version: the product's version then decreased, but an item's must grow. */
  readonly versionOffset?: number;
}

/** A product in the read model, which is built from events only. */
export interface CatalogProduct extends EntryVersion {
  readonly name: string;
  readonly price: number;
  readonly currency: string;
  /** Available units: on hand, less what open carts hold. */
  readonly inventory: number;
  /** The largest quantity of a line. */
  readonly maxPerCart?: number;
  /** The product's version at its last creation: earlier holds are void. */
  readonly incarnation?: number;
  readonly updatedAt: string;
}

/** Tombstone of a deleted product, so that a late event cannot recreate it. */
export interface DeletedCatalogProduct extends EntryVersion {
  readonly deleted: true;
}

export type CatalogEntry = CatalogProduct | DeletedCatalogProduct;

/** Entries of the read model, and whether it is complete. */
export interface Catalog {
  readonly entries: ReadonlyMap<string, CatalogEntry>;
  readonly isSynchronised: boolean;
}

/** The same limit as in Product. Longer names of foreign producers are cut, so that 100 lines fit into an item. */
const MAX_NAME_LENGTH = 200;

/** Largest plausible increase of a product's version. A larger one is a fault: later changes would be ignored as outdated. */
export const MAX_VERSION_LEAP = 1_000_000;

/** An event with the state of a product. */
export type ProductEvent = EventOf<
  'ProductCreated' | 'ProductUpdated' | 'ProductSnapshot' | 'ProductDeleted'
>;

/** The catalog entry of an event. */
export function entryOf(event: ProductEvent): CatalogEntry {
  const { productId, version } = event;
  if (event.eventType === 'ProductDeleted') return { productId, version, deleted: true };
  const { price, currency, inventory, maxPerCart, incarnation, updatedAt } = event;
  const name = event.name.slice(0, MAX_NAME_LENGTH).toWellFormed();
  return {
    productId,
    version,
    name,
    price,
    currency,
    inventory,
    ...(maxPerCart === undefined ? {} : { maxPerCart }),
    ...(incarnation === undefined ? {} : { incarnation }),
    updatedAt,
  };
}

/** The version of the product in an entry. */
export function productVersionOf({ version, versionOffset = 0 }: EntryVersion): number {
  return version - versionOffset;
}

/**
 * The entry after an event: the current or the new one, whichever has the higher product version. A snapshot also replaces
 * an entry whose version is implausibly far ahead. Throws `invalid` for an event that is implausibly far ahead of the entry.
 */
export function entryAfter(current: CatalogEntry | undefined, event: ProductEvent): CatalogEntry {
  const entry = entryOf(event);
  if (!current) return entry;
  const leap = event.version - productVersionOf(current);
  if (leap > MAX_VERSION_LEAP) {
    throw new DomainError(
      'invalid',
      'version-implausible',
      `Version ${event.version} of product ${event.productId} is ${leap} ahead of the stored one. Check the producer of the event.`,
    );
  }
  const isRepair = event.eventType === 'ProductSnapshot' && -leap > MAX_VERSION_LEAP;
  if (leap <= 0 && !isRepair) return current;
  const offset = isRepair ? current.version + 1 - event.version : (current.versionOffset ?? 0);
  return offset === 0 ? entry : { ...entry, version: event.version + offset, versionOffset: offset };
}

/** The product of an entry; undefined if it is missing or deleted. */
export function live(entry: CatalogEntry | undefined): CatalogProduct | undefined {
  return entry === undefined || 'deleted' in entry ? undefined : entry;
}

/**
 * The product of this id. Throws `notFound` for an unknown product, `unavailable` if the read model is still incomplete,
 * and `conflict` for a deleted product.
 */
export function requireProduct({ entries, isSynchronised }: Catalog, productId: string): CatalogProduct {
  const entry = entries.get(productId);
  const product = live(entry);
  if (product) return product;
  if (entry) {
    throw new DomainError(
      'conflict',
      'product-deleted',
      `Product ${productId} is no longer sold. Choose another one.`,
    );
  }
  if (isSynchronised) {
    throw new DomainError('notFound', 'product-not-found', `Product ${productId} not found. Check its id.`);
  }
  throw notSynchronised();
}

/** Error of a decision that requires a complete read model. */
export function notSynchronised(): DomainError {
  return new DomainError(
    'unavailable',
    'catalog-not-synchronised',
    'The catalog is still being loaded. Retry after a moment.',
    { details: { retryAfterSeconds: 1 } },
  );
}
