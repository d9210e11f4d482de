import type { LogBatch, LogHead, LogKeys } from '@tandem/storage/inbox-log';
import { type EntityType, type Key, key } from '@tandem/storage/table';
import type { CartCounts, CountsByProduct, ProductCounts } from '../domain/counts.ts';
import type { PackedProducts } from './packed.ts';

const DAY_SECONDS = 24 * 60 * 60;
/** Retention of a day's figures: the longest range of a request, and a month for late events. */
const KEPT_DAYS = 430;
/** Retention of a batch's figures, which are part of the day's totals after the next compaction. */
export const BATCH_DAYS = 90;

/** A day (UTC), head of the log of its events: its carts, and how far the figures of its products are compacted. */
export interface Day extends LogHead {
  /** `2026-02-14`. */
  readonly date: string;
  readonly carts: CartCounts;
  /** Number of batches that are part of the totals of every shard. */
  readonly compacted: number;
}

/** Figures that one batch of events added to a day. */
export interface DayBatch extends LogBatch {
  readonly date: string;
  readonly carts: CartCounts;
  readonly products: PackedProducts;
}

/** Figures of a day, of the products of one shard; those that a list needs, or the others. */
export interface DayTotals {
  readonly version: number;
  readonly date: string;
  /**
   * Number of the last batch that they include. If the day's `compacted` is higher, they include all batches up to that
   * one: a shard is not written if the batches have none of its products.
   */
  readonly through: number;
  readonly products: PackedProducts;
}

/** Name of a product, from the newest of its events that was received. */
export interface ProductName {
  /** The product's version in that event. */
  readonly version: number;
  readonly name: string;
}

/** Progress of the snapshot that fills the product names at the first start. */
export interface NamesRequest {
  readonly version: number;
  readonly requestId: string;
  /** RFC 3339, UTC. */
  readonly requestedAt: string;
  /** The first request, RFC 3339, UTC: the service has counted since then. */
  readonly since: string;
  readonly completedAt?: string;
}

const endOf = (date: string, days: number) => Date.parse(date) / 1_000 + days * DAY_SECONDS;

const days: EntityType<Day> = { name: 'day', expiresAt: ({ date }) => endOf(date, KEPT_DAYS) };
const batches: EntityType<DayBatch> = { name: 'batch', expiresAt: ({ date }) => endOf(date, BATCH_DAYS) };
const totals: EntityType<DayTotals> = { name: 'totals', expiresAt: ({ date }) => endOf(date, KEPT_DAYS) };
const details: EntityType<DayTotals> = { name: 'details', expiresAt: ({ date }) => endOf(date, KEPT_DAYS) };
const names: EntityType<ProductName> = { name: 'name' };
const requests: EntityType<NamesRequest> = { name: 'namesRequest' };

export const dayKey = (date: string) => key(days, date);
export const batchKey = (date: string, number: number) => key(batches, `${date}/${number}`);

/** Some of the figures of a product, with the items that have their totals. */
export interface Facet {
  totalsKey(date: string, shard: number): Key<DayTotals>;
  of(counts: Partial<ProductCounts>): Partial<ProductCounts>;
}

/** What lists show of a product. */
export const units: Facet = {
  totalsKey: (date, shard) => key(totals, `${date}/${shard}`),
  of: ({ addedByHour: _hours, priceChanges: _changes, ...counts }) => counts,
};

/** What only the page of a product shows: the hours and the price changes, eight times the bytes of its units. */
export const hours: Facet = {
  totalsKey: (date, shard) => key(details, `${date}/${shard}`),
  of: ({ addedByHour, priceChanges }) => ({
    ...(addedByHour && { addedByHour }),
    ...(priceChanges && { priceChanges }),
  }),
};

export const facets: readonly Facet[] = [units, hours];

/** The products with figures of a facet, and only those. */
export function facetOf(facet: Facet, products: CountsByProduct): CountsByProduct {
  return Object.fromEntries(
    Object.entries(products).flatMap(([productId, counts]) => {
      const own = facet.of(counts);
      return Object.keys(own).length > 0 ? [[productId, own]] : [];
    }),
  );
}

/** Keys of the log of a day's events. */
export function logKeysOf(date: string): LogKeys<Day, DayBatch> {
  return { head: dayKey(date), batch: (number) => batchKey(date, number) };
}
export const nameKey = (productId: string) => key(names, productId);
export const namesRequestKey = key(requests, 'names');

/**
 * Shards of a day's totals. A product belongs to one of them, so that each item stays far below DynamoDB's 400 KB with
 * 100,000 products sold on a day, and the figures of one product are a sixteenth of the day's.
 */
export const SHARDS = 16;

/** Shard of a product: its hash (FNV-1a), which must never change. */
export function shardOf(productId: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(productId)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % SHARDS;
}
