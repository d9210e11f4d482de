import type { Key, Table, Versioned } from '@tandem/storage/table';
import type { ProductCounts } from '../domain/counts.ts';
import { batchKey, type Day, dayKey, type Facet, shardOf, units } from '../store/entity-types.ts';
import { unpackEntries } from '../store/packed.ts';

/** Counts of a product from one stored item. A day's counts are the sum of several. */
export interface Part {
  readonly date: string;
  readonly productId: string;
  readonly counts: Partial<ProductCounts>;
}

/** Part from a batch. */
interface BatchPart extends Part {
  readonly batch: number;
}

/** Parts by shard, from the batches that a day's totals may not include yet. */
export type PendingParts = ReadonlyMap<number, readonly BatchPart[]>;

/** The limit of keys in one read of the table. */
export const READ_LIMIT = 100;
const CONCURRENT_READS = 4;

/** Maps values with a few calls at a time, by default four. Resolves to the results in the order of the values. */
export async function mapConcurrently<T, R>(
  values: readonly T[],
  call: (value: T) => Promise<R>,
  concurrency = CONCURRENT_READS,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < values.length; start += concurrency) {
    results.push(...(await Promise.all(values.slice(start, start + concurrency).map(call))));
  }
  return results;
}

/** Reads the days that have figures, in the order of the dates. */
export async function readDays(table: Table, dates: readonly string[]): Promise<Day[]> {
  const states = await readAll(table, dates.map(dayKey), () => true);
  return dates.flatMap((date) => states.get(dayKey(date).id) ?? []);
}

/** Reads the batches that were not part of all totals when the days were read. `isRelevant` selects their products. */
export async function readPending(
  table: Table,
  days: readonly Day[],
  isRelevant: (productId: string) => boolean = () => true,
): Promise<PendingParts> {
  const batches = days.flatMap(({ date, batches, compacted }) =>
    Array.from({ length: batches - compacted }, (_, i) => ({ date, batch: compacted + 1 + i })),
  );
  const keys = batches.map(({ date, batch }) => batchKey(date, batch));
  // A missing batch is newer than the replica that was read, or has expired because its day was never compacted.
  const states = await readAll(table, keys, (batch) => batch !== undefined);
  const pending = new Map<number, BatchPart[]>();
  for (const { date, batch } of batches) {
    const products = states.get(batchKey(date, batch).id)?.products;
    for (const [productId, counts] of products ? unpackEntries(products) : []) {
      if (!isRelevant(productId)) continue;
      const shard = shardOf(productId);
      const parts = pending.get(shard) ?? [];
      parts.push({ date, batch, productId, counts });
      pending.set(shard, parts);
    }
  }
  return pending;
}

/**
 * Reads the parts of these shards on these days. The counts of each batch that a day had when it was read are in exactly
 * one part, whatever the progress of a compaction: the totals of a shard say which batches they include (`through`), and
 * batches never change. The totals may also include batches that are newer than the day. Default: what lists show of a product.
 */
export async function readParts(
  table: Table,
  days: readonly Day[],
  pending: PendingParts,
  shards: readonly number[],
  facet: Facet = units,
): Promise<Part[]> {
  const compactedDays = days.filter(({ compacted }) => compacted > 0);
  const compacted = new Map(days.map((day) => [day.date, day.compacted]));
  const keys = shards.flatMap((shard) => compactedDays.map(({ date }) => facet.totalsKey(date, shard)));
  const isCurrent = (totals: { date: string; through: number } | undefined) =>
    totals !== undefined && totals.through >= (compacted.get(totals.date) ?? 0);
  // Totals that lack a batch which the day counts as compacted have none of its products, or are from a stale replica.
  const states = await readAll(table, keys, isCurrent);
  return shards.flatMap((shard) => {
    const through = new Map<string, number>();
    const parts: Part[] = compactedDays.flatMap(({ date }) => {
      const totals = states.get(facet.totalsKey(date, shard).id);
      through.set(date, totals?.through ?? 0);
      return (totals ? unpackEntries(totals.products) : []).map(([productId, counts]) => ({
        date,
        productId,
        counts,
      }));
    });
    for (const part of pending.get(shard) ?? []) {
      if (part.batch > (through.get(part.date) ?? 0)) parts.push({ ...part, counts: facet.of(part.counts) });
    }
    return parts;
  });
}

/** Items by id: reads pages, eventually consistent; the items that are not `isCurrent` again, consistently. */
async function readAll<S extends Versioned>(
  table: Table,
  keys: readonly Key<S>[],
  isCurrent: (state: S | undefined) => boolean,
): Promise<ReadonlyMap<string, S>> {
  const pages = Array.from({ length: Math.ceil(keys.length / READ_LIMIT) }, (_, page) =>
    keys.slice(page * READ_LIMIT, (page + 1) * READ_LIMIT),
  );
  const states = new Map<string, S>();
  const read = async (page: readonly Key<S>[], consistent: boolean) => {
    const snapshot = await table.read(page, { consistent });
    for (const key of page) {
      const state = snapshot.get(key);
      if (state) states.set(key.id, state);
    }
  };
  await mapConcurrently(pages, async (page) => {
    await read(page, false);
    const staleKeys = page.filter(({ id }) => !isCurrent(states.get(id)));
    if (staleKeys.length > 0) await read(staleKeys, true);
  });
  return states;
}
