import { DomainError } from '@tandem/chassis/errors';
import type { EventOf } from '@tandem/contracts/events';

interface EntryVersion {
  readonly productId: string;
  /** Grows with each write of the entry: the product's version plus `versionOffset`. */
  readonly version: number;
  /** Set where a snapshot replaced an implausible version: an item's version never falls, a product's then did. */
  readonly versionOffset?: number;
}

/** A product in the read model, which is filled by events alone. */
export interface CatalogProduct extends EntryVersion {
  readonly name: string;
  readonly price: number;
  readonly currency: string;
  /** Available units: on hand, less what open carts hold. */
  readonly inventory: number;
  /** The largest quantity of a line. */
  readonly maxPerCart?: number;
  /** The product's version at its last creation: holds confirmed before it are void. */
  readonly incarnation?: number;
  readonly updatedAt: string;
}

/** The tombstone of a deleted product, so that a late event cannot bring it back. */
export interface DeletedCatalogProduct extends EntryVersion {
  readonly deleted: true;
}

export type CatalogEntry = CatalogProduct | DeletedCatalogProduct;

/** Entries of the read model, and whether all products that exist have arrived in it. */
export interface Catalog {
  readonly entries: ReadonlyMap<string, CatalogEntry>;
  readonly isSynchronised: boolean;
}

/** As in Product; a longer name of another producer is cut, or a hundred lines would not fit into an item. */
const MAX_NAME_LENGTH = 200;

/** A leap of a product's version that no merchant makes: it would outrank every later change. */
export const MAX_VERSION_LEAP = 1_000_000;

/** An event that carries the state of a product. */
export type ProductEvent = EventOf<
  'ProductCreated' | 'ProductUpdated' | 'ProductSnapshot' | 'ProductDeleted'
>;

/** The entry that an event leaves, if it is newer than the stored one. */
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

/** The version of the product that an entry shows. */
export function productVersionOf({ version, versionOffset = 0 }: EntryVersion): number {
  return version - versionOffset;
}

/**
 * The entry after an event: the newer of both by the product's version. A snapshot also replaces an entry that is
 * implausibly far ahead of it. Throws `invalid` for an event that is implausibly far ahead of the entry.
 */
export function entryAfter(current: CatalogEntry | undefined, event: ProductEvent): CatalogEntry {
  const entry = entryOf(event);
  if (!current) return entry;
  const leap = event.version - productVersionOf(current);
  if (leap > MAX_VERSION_LEAP) {
    throw new DomainError(
      'invalid',
      'version-implausible',
      `Version ${event.version} of product ${event.productId} is ${leap} ahead of the known one. Check who published the event.`,
    );
  }
  const heals = event.eventType === 'ProductSnapshot' && -leap > MAX_VERSION_LEAP;
  if (leap <= 0 && !heals) return current;
  const offset = heals ? current.version + 1 - event.version : (current.versionOffset ?? 0);
  return offset === 0 ? entry : { ...entry, version: event.version + offset, versionOffset: offset };
}

/** The product, if it is known and not deleted. */
export function live(entry: CatalogEntry | undefined): CatalogProduct | undefined {
  return entry === undefined || 'deleted' in entry ? undefined : entry;
}

/**
 * The product that a cart can take. Throws `notFound` for an unknown one, `unavailable` while the catalog is still
 * being filled and it may yet arrive, and `conflict` for a deleted one.
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

/** The error for what cannot be decided before the catalog is filled. */
export function notSynchronised(): DomainError {
  return new DomainError(
    'unavailable',
    'catalog-not-synchronised',
    'The catalog is still being filled. Try again in a moment.',
    { details: { retryAfterSeconds: 1 } },
  );
}
