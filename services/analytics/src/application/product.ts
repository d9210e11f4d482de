import { DomainError } from '@tandem/chassis/errors';
import type { Table } from '@tandem/storage/table';
import type { PriceChange } from '../domain/counts.ts';
import { facets, nameKey, namesRequestKey, shardOf } from '../store/entity-types.ts';
import { addDays, type DateRange, datesIn } from './dates.ts';
import { type Part, readDays, readParts, readPending } from './figures.ts';
import { type PriceEffect, priceEffect } from './price-effect.ts';
import { addUnits, noUnits, type Units, viewOfUnits } from './units.ts';

/** Largest number of price changes in a response, so that a response stays below the limit of 1 MB of a Lambda target. */
const MAX_PRICE_CHANGES = 500;

export interface ProductView extends DateRange {
  readonly productId: string;
  /** Absent while no event with it has been received. */
  readonly name?: string;
  readonly total: Units;
  /** Each date of the range. */
  readonly days: readonly (Units & { readonly date: string })[];
  /** The newest 500 price changes of the range, by version. */
  readonly priceChanges: readonly PriceEffect[];
}

/**
 * Reads the figures of a product. `now` is in milliseconds since the epoch. Rejects with `notFound` for a product without
 * a name and figures.
 */
export async function readProduct(
  table: Table,
  productId: string,
  range: DateRange,
  now: number,
): Promise<ProductView> {
  const dates = datesIn(range);
  // The hours before and after a price change may be on the day before the range and on the day after it.
  const readDates = [addDays(range.from, -1), ...dates, addDays(range.to, 1)];
  const [name, start, days] = await Promise.all([
    table.get(nameKey(productId), { consistent: false }),
    table.get(namesRequestKey, { consistent: false }),
    readDays(table, readDates),
  ]);
  const isThis = (id: string) => id === productId;
  const pending = await readPending(table, days, isThis);
  const read = facets.map((facet) => readParts(table, days, pending, [shardOf(productId)], facet));
  const parts = (await Promise.all(read)).flat().filter((part) => isThis(part.productId));
  const partsByDate = Map.groupBy(parts, ({ date }) => date);
  const partsInRange = dates.flatMap((date) => partsByDate.get(date) ?? []);
  if (name === undefined && partsInRange.length === 0) {
    throw new DomainError(
      'notFound',
      'product-not-found',
      'There are no figures of this product. Check its id and the dates.',
    );
  }
  const added = addedByHour(partsByDate);
  const countedTime = { since: start ? Date.parse(start.since) : 0, now };
  return {
    productId,
    ...(name && { name: name.name }),
    ...range,
    total: unitsIn(partsInRange),
    days: dates.map((date) => ({ date, ...unitsIn(partsByDate.get(date) ?? []) })),
    priceChanges: priceChangesIn(partsInRange).map((change) => priceEffect(change, added, countedTime)),
  };
}

function unitsIn(parts: readonly Part[]): Units {
  const sums = noUnits();
  for (const { counts } of parts) addUnits(sums, counts);
  return viewOfUnits(sums);
}

function priceChangesIn(parts: readonly Part[]): PriceChange[] {
  return parts
    .flatMap(({ counts }) => counts.priceChanges ?? [])
    .sort((a, b) => a.version - b.version)
    .slice(-MAX_PRICE_CHANGES);
}

function addedByHour(partsByDate: ReadonlyMap<string, readonly Part[]>) {
  return new Map(
    [...partsByDate].map(([date, parts]) => {
      const sums: Record<number, number> = {};
      for (const { counts } of parts) {
        for (const [hour, units] of Object.entries(counts.addedByHour ?? {})) {
          sums[Number(hour)] = (sums[Number(hour)] ?? 0) + units;
        }
      }
      return [date, sums] as const;
    }),
  );
}
