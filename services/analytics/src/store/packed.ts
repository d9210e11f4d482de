import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { Amounts, CountsByProduct, PriceChange, ProductCounts } from '../domain/counts.ts';

/**
 * Figures by product as stored: a row of values for each product, in JSON, compressed (Brotli). Names of fields would double the size of
 * a day's figures.
 */
export type PackedProducts = Uint8Array & { readonly packed?: 'products' };

const UNITS = ['added', 'removed', 'rejected', 'expired', 'checkedOut'] as const;

/** Time in milliseconds since the epoch, version, price before and after, currency; and the currency after it, if it is another one. */
type ChangeRow = readonly [
  at: number,
  version: number,
  from: number,
  to: number,
  currency: string,
  toCurrency?: string,
];
type Row = readonly [
  productId: string,
  units: readonly number[],
  revenue?: Amounts | 0,
  /** Hours and units, one after the other. */
  addedByHour?: readonly number[],
  priceChanges?: readonly ChangeRow[],
];

/** Half of the time of the highest quality, for a twentieth more bytes. */
const QUALITY = 10;

/** Packs figures for an item. */
export function packProducts(products: CountsByProduct): PackedProducts {
  const rows = Object.entries(products)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([productId, counts]) => rowOf(productId, counts));
  const json = Buffer.from(JSON.stringify(rows));
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: json.length,
  };
  return new Uint8Array(brotliCompressSync(json, { params }));
}

/** The figures that were packed, without those that are 0. Throws for anything else. */
export function unpackProducts(packed: PackedProducts): CountsByProduct {
  return Object.fromEntries(unpackEntries(packed));
}

/** The figures that were packed, by product ids, as {@link unpackProducts} returns them. */
export function unpackEntries(
  packed: PackedProducts,
): readonly (readonly [productId: string, counts: Partial<ProductCounts>])[] {
  const rows = JSON.parse(brotliDecompressSync(packed).toString()) as readonly Row[];
  return rows.map((row) => [row[0], countsOf(row)]);
}

/** Bytes that a shard's figures may have: DynamoDB's limit of an item is 400 KB. */
const MAX_PACKED = 350_000;

/**
 * Packs a shard's figures of a day. If a repricing of a large catalog makes them too long for an item, each product keeps
 * fewer of its price changes: the last of the day, or none. All numbers are kept.
 */
export function packShard(products: CountsByProduct): PackedProducts {
  const all = packProducts(products);
  if (all.length <= MAX_PACKED) return all;
  const last = packProducts(withPriceChanges(products, 1));
  return last.length <= MAX_PACKED ? last : packProducts(withPriceChanges(products, 0));
}

function withPriceChanges(products: CountsByProduct, count: number): CountsByProduct {
  return Object.fromEntries(
    Object.entries(products).map(([productId, { priceChanges = [], ...counts }]) => {
      const kept = priceChanges.toSorted((a, b) => b.version - a.version).slice(0, count);
      return [productId, kept.length > 0 ? { ...counts, priceChanges: kept } : counts];
    }),
  );
}

function rowOf(productId: string, counts: Partial<ProductCounts>): Row {
  const { revenue, addedByHour, priceChanges } = counts;
  const columns = [
    revenue ?? 0,
    Object.entries(addedByHour ?? {}).flatMap(([hour, units]) => [Number(hour), units]),
    (priceChanges ?? []).map(rowOfChange),
  ] as const;
  const length = priceChanges ? 3 : addedByHour ? 2 : revenue ? 1 : 0;
  return [productId, UNITS.map((name) => counts[name] ?? 0), ...columns.slice(0, length)] as unknown as Row;
}

/** By assignment: a list over a year reads millions of rows, and building entries first takes most of its time. */
function countsOf([, units, revenue = 0, hours = [], changes = []]: Row): Partial<ProductCounts> {
  const counts: { -readonly [K in keyof ProductCounts]?: ProductCounts[K] } = {};
  for (let i = 0; i < UNITS.length; i++) {
    const [name, value] = [UNITS[i], units[i]];
    if (name && value) counts[name] = value;
  }
  if (revenue !== 0) counts.revenue = revenue;
  if (hours.length > 0) {
    const pairs = Array.from(
      { length: hours.length / 2 },
      (_, i) => [hours[2 * i], hours[2 * i + 1]] as const,
    );
    counts.addedByHour = Object.fromEntries(pairs);
  }
  if (changes.length > 0) counts.priceChanges = changes.map(changeOf);
  return counts;
}

function rowOfChange({ changedAt, version, from, to }: PriceChange): ChangeRow {
  const row = [Date.parse(changedAt), version, from.price, to.price, from.currency] as const;
  return to.currency === from.currency ? row : [...row, to.currency];
}

function changeOf([at, version, from, to, currency, toCurrency = currency]: ChangeRow): PriceChange {
  return {
    changedAt: new Date(at).toISOString(),
    version,
    from: { price: from, currency },
    to: { price: to, currency: toCurrency },
  };
}
