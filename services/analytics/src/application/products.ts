import type { Table } from '@tandem/storage/table';
import { nameKey, SHARDS } from '../store/entity-types.ts';
import { type DateRange, datesIn } from './dates.ts';
import { mapConcurrently, type Part, READ_LIMIT, readDays, readParts, readPending } from './figures.ts';
import {
  addUnits,
  atLeastNone,
  noUnits,
  type UnitFigure,
  type Units,
  type UnitSums,
  unitFigures,
  unitsOf,
  viewOfUnits,
} from './units.ts';

/** A list of products: those with figures in the range, by one figure in descending order, then by id. */
export interface ProductList extends DateRange {
  readonly sort: UnitFigure;
}

/** Position in a list: the figure that sorts, and the product. */
export interface Position {
  readonly value: number;
  readonly productId: string;
}

export interface ProductRow extends Units {
  readonly productId: string;
  /** Absent while no event with it has been received. */
  readonly name?: string;
  /** The figure that sorts, of each day of the range. */
  readonly trend: readonly number[];
}

export interface ProductPage {
  readonly items: readonly ProductRow[];
  /** Position of the last item; absent on the last page. */
  readonly next?: Position;
}

interface Ranked extends Position {
  readonly sums: UnitSums;
  readonly trend: readonly number[];
}

/** Reads a page of a list, after a position. */
export async function readProducts(
  table: Table,
  list: ProductList,
  { limit, after }: { limit: number; after?: Position | undefined },
): Promise<ProductPage> {
  const days = await readDays(table, datesIn(list));
  const pending = await readPending(table, days);
  // A shard at a time, so that memory holds a fraction of the figures, and the first products only. One of a long range is
  // several reads, which are concurrent themselves.
  const shardsPerRead = Math.max(1, Math.floor(READ_LIMIT / Math.max(1, days.length)));
  const shards = Array.from({ length: SHARDS }, (_, shard) => shard);
  const groups = Map.groupBy(shards, (shard) => Math.floor(shard / shardsPerRead));
  const rankShards = async (group: readonly number[]) =>
    first(limit + 1, rank(await readParts(table, days, pending, group), list), after);
  const ranked = await mapConcurrently(
    [...groups.values()],
    rankShards,
    days.length > READ_LIMIT ? 1 : undefined,
  );
  const products = first(limit + 1, ranked.flat());
  const page = products.slice(0, limit);
  const names = await readNames(
    table,
    page.map(({ productId }) => productId),
  );
  const last = page.at(-1);
  return {
    items: page.map(({ productId, sums, trend }) => ({
      productId,
      ...nameOf(names.get(productId)),
      ...viewOfUnits(sums),
      trend,
    })),
    ...(last && products.length > limit && { next: { value: last.value, productId: last.productId } }),
  };
}

function nameOf(name: string | undefined) {
  return name === undefined ? {} : { name };
}

async function readNames(table: Table, productIds: readonly string[]): Promise<Map<string, string>> {
  if (productIds.length === 0) return new Map();
  const read = await table.read(productIds.map(nameKey), { consistent: false });
  return new Map(
    productIds.flatMap((productId) => {
      const stored = read.get(nameKey(productId));
      return stored ? [[productId, stored.name]] : [];
    }),
  );
}

/** Sums of the parts by product, without products whose figures are all 0. */
function rank(parts: readonly Part[], list: ProductList): Ranked[] {
  const dates = new Map(datesIn(list).map((date, day) => [date, day]));
  const products = new Map<string, { sums: UnitSums; trend: number[] }>();
  for (const { date, productId, counts } of parts) {
    let product = products.get(productId);
    if (!product) {
      product = { sums: noUnits(), trend: Array.from({ length: dates.size }, () => 0) };
      products.set(productId, product);
    }
    addUnits(product.sums, counts);
    const day = dates.get(date) ?? 0;
    product.trend[day] = (product.trend[day] ?? 0) + unitsOf[list.sort](counts);
  }
  return [...products].flatMap(([productId, { sums, trend }]) => {
    if (unitFigures.every((figure) => sums.units[figure] <= 0)) return [];
    const value = atLeastNone(sums.units[list.sort]);
    return { productId, value, sums, trend: trend.map(atLeastNone) };
  });
}

/** The first items in the order of the list, after a position. */
function first(count: number, items: readonly Ranked[], after?: Position): Ranked[] {
  const rest = after ? items.filter((item) => inOrder(after, item) < 0) : [...items];
  return rest.sort(inOrder).slice(0, count);
}

function inOrder(a: Position, b: Position): number {
  if (a.value !== b.value) return b.value - a.value;
  if (a.productId === b.productId) return 0;
  return a.productId < b.productId ? -1 : 1;
}
