import type { Logger } from '@tandem/chassis/logger';
import type { Metrics } from '@tandem/chassis/metrics';
import type { Snapshot, Table } from '@tandem/storage/table';
import { sumProducts } from '../domain/add-counts.ts';
import type { CountsByProduct } from '../domain/counts.ts';
import {
  BATCH_DAYS,
  batchKey,
  type Day,
  type DayBatch,
  dayKey,
  type Facet,
  facetOf,
  facets,
  shardOf,
} from '../store/entity-types.ts';
import { packShard, unpackProducts } from '../store/packed.ts';

export interface CompactionDeps {
  readonly table: Table;
  readonly metrics: Pick<Metrics, 'count'>;
  readonly logger: Pick<Logger, 'error'>;
  /** Clock, in milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Batches of a day that are compacted together: about three hours. A compaction writes every shard; until then, requests read
 * the batches one by one.
 */
export const BATCHES = 180;
/** Keys of one read. */
const READ_LIMIT = 100;
const DAY_MS = 24 * 60 * 60 * 1_000;
const SWEEP_MS = 60 * 60 * 1_000;

/**
 * Creates a function to call after each batch with the dates of its events: it merges the day's batches into its totals,
 * once they are many. Every hour, and first at the start, it compacts all past days. Never rejects: a failure is logged and
 * counted, and the figures stay in their batches until the next attempt.
 */
export function createCompaction(deps: CompactionDeps): (dates: ReadonlySet<string>) => Promise<void> {
  const { table, metrics, logger, now } = deps;
  let sweptAt = -Infinity;

  /** A day that cannot be compacted does not keep the others from it; the first failure is then thrown. */
  const compactDue = async (dates: ReadonlySet<string>, isDue: (day: Day) => boolean): Promise<void> => {
    const failures: unknown[] = [];
    for (const day of await table.getMany([...dates].map(dayKey))) {
      if (isDue(day)) await compact(table, day).catch((err: unknown) => void failures.push(err));
    }
    if (failures.length > 0) throw failures[0];
  };

  return async (dates) => {
    try {
      const today = dateOf(now());
      await compactDue(dates, ({ batches, compacted }) => batches - compacted >= BATCHES);
      if (now() - sweptAt < SWEEP_MS) return;
      const pastDates = Array.from({ length: BATCH_DAYS - 1 }, (_, i) => dateOf(now() - i * DAY_MS));
      await compactDue(
        new Set(pastDates),
        ({ date, batches, compacted }) => date < today && batches > compacted,
      );
      sweptAt = now();
    } catch (err) {
      metrics.count('CompactionsFailed');
      logger.error({ err }, 'figures not compacted');
    }
  };
}

/**
 * Merges the batches of a day into its totals. A process that is killed on the way leaves shards of which each knows the
 * batches that it includes; concurrent calls are safe for the same reason.
 */
export async function compact(table: Table, { date, batches, compacted }: Day): Promise<void> {
  for (let from = compacted; from < batches; from = Math.min(from + BATCHES, batches))
    await merge(table, date, from, Math.min(from + BATCHES, batches));
}

/** Figures of one batch of the products of one shard. */
interface Part {
  readonly number: number;
  readonly products: CountsByProduct;
}

/** Merges the batches after `from` up to `to`, and no others. */
async function merge(table: Table, date: string, from: number, to: number): Promise<void> {
  const keys = Array.from({ length: to - from }, (_, i) => batchKey(date, from + i + 1));
  const pages = Array.from({ length: Math.ceil(keys.length / READ_LIMIT) }, (_, page) =>
    keys.slice(page * READ_LIMIT, (page + 1) * READ_LIMIT),
  );
  const snapshots: Snapshot[] = [];
  for (const page of pages) snapshots.push(await table.read(page));
  const parts = keys.flatMap((key, i): (readonly [number, Part])[] => {
    const batch = snapshots[Math.floor(i / READ_LIMIT)]?.get(key);
    if (!batch) throw new Error(`batch ${key.id} is missing`);
    return partsOf(batch, from + i + 1);
  });
  const byShard = [...Map.groupBy(parts, ([shard]) => shard)];
  const add = (facet: Facet, shard: number, members: typeof parts) =>
    table.update(facet.totalsKey(date, shard), (current) => {
      const { version = 0, through = 0, products } = current ?? {};
      const missing = members
        .filter(([, part]) => part.number > through)
        .map(([, part]) => facetOf(facet, part.products))
        .filter((own) => Object.keys(own).length > 0);
      if (missing.length === 0) return { state: current, events: [] };
      const state = {
        version: version + 1,
        date,
        through: to,
        products: packShard(sumProducts([...(products ? [unpackProducts(products)] : []), ...missing])),
      };
      return { state, events: [] };
    });
  const updates = facets.flatMap((facet) => byShard.map(([shard, members]) => add(facet, shard, members)));
  // All settle before a failure is reported: none may run on after the batch.
  const outcomes = await Promise.allSettled(updates);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  await table.update(dayKey(date), (day) =>
    day && day.compacted < to
      ? { state: { ...day, version: day.version + 1, compacted: to }, events: [] }
      : { state: day, events: [] },
  );
}

/** The products of a batch by shard. */
function partsOf({ products }: DayBatch, number: number): (readonly [number, Part])[] {
  const byShard = Map.groupBy(Object.entries(unpackProducts(products)), ([productId]) => shardOf(productId));
  return [...byShard].map(([shard, entries]) => [shard, { number, products: Object.fromEntries(entries) }]);
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
