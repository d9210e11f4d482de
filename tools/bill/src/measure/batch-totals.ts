import { sumProducts } from '@tandem/analytics/domain/add-counts';
import type { CountsByProduct } from '@tandem/analytics/domain/counts';
import { countsOfEvent } from '@tandem/analytics/messaging/effect';
import { facetOf, facets, shardOf } from '@tandem/analytics/store/entity-types';
import { packProducts, unpackProducts } from '@tandem/analytics/store/packed';
import type { Table } from '@tandem/storage/table';
import type { EventSource } from './batch-events.ts';

/** Figures of half a day, by product. */
export function figuresOf(source: EventSource, startMs: number, perMinute: number): CountsByProduct {
  let sums: CountsByProduct = {};
  for (let minute = 1; minute <= 720; minute += 10) {
    const events = Array.from({ length: 10 }, (_, i) =>
      source.minute(startMs + (minute + i) * 60_000, perMinute),
    );
    sums = sumProducts([sums, ...events.flat().map((event) => countsOfEvent(event)?.products ?? {})]);
  }
  return sums;
}

/** Adds figures to a day's totals, as if compactions had done so. */
export async function addToTotals(table: Table, date: string, products: CountsByProduct): Promise<void> {
  const shards = Map.groupBy(Object.entries(products), ([id]) => shardOf(id));
  for (const facet of facets) {
    for (const [shard, entries] of shards) {
      const added = facetOf(facet, Object.fromEntries(entries));
      await table.update(facet.totalsKey(date, shard), (current) => ({
        state: {
          version: (current?.version ?? 0) + 1,
          date,
          through: current?.through ?? 0,
          products: packProducts(
            sumProducts([...(current ? [unpackProducts(current.products)] : []), added]),
          ),
        },
        events: [],
      }));
    }
  }
}
