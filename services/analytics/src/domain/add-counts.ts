import type { Amounts, CartCounts, CountsByProduct, PriceChange, ProductCounts } from './counts.ts';

export const NO_CARTS: CartCounts = {
  opened: 0,
  abandoned: 0,
  checkedOut: 0,
  unitsCheckedOut: 0,
  revenue: {},
};

/** Price changes that are kept of a product and a day: the last ones, so that its figures stay small. */
const MAX_PRICE_CHANGES = 20;

const UNITS = ['added', 'removed', 'rejected', 'expired', 'checkedOut'] as const;

/** Adds the figures of carts. Like all sums here it is commutative and associative: the order of events does not matter. */
export function addCarts(a: CartCounts, b: CartCounts): CartCounts {
  return {
    opened: sum(a.opened, b.opened),
    abandoned: sum(a.abandoned, b.abandoned),
    checkedOut: sum(a.checkedOut, b.checkedOut),
    unitsCheckedOut: sum(a.unitsCheckedOut, b.unitsCheckedOut),
    revenue: addEach(a.revenue, b.revenue),
  };
}

/** Adds the figures of one product. A figure that neither has is absent. */
export function addProductCounts(
  a: Partial<ProductCounts>,
  b: Partial<ProductCounts>,
): Partial<ProductCounts> {
  const units = UNITS.flatMap((name) => {
    const [x, y] = [a[name], b[name]];
    return x === undefined && y === undefined ? [] : [[name, sum(x ?? 0, y ?? 0)]];
  });
  const priceChanges = lastChanges([...(a.priceChanges ?? []), ...(b.priceChanges ?? [])]);
  return {
    ...Object.fromEntries(units),
    ...((a.revenue ?? b.revenue) && { revenue: addEach(a.revenue, b.revenue) }),
    ...((a.addedByHour ?? b.addedByHour) && { addedByHour: addEach(a.addedByHour, b.addedByHour) }),
    ...(priceChanges.length > 0 && { priceChanges }),
  };
}

/** Adds figures by product. */
export function sumProducts(parts: readonly CountsByProduct[]): CountsByProduct {
  const sums = new Map<string, Partial<ProductCounts>>();
  for (const part of parts) {
    for (const [productId, counts] of Object.entries(part)) {
      const current = sums.get(productId);
      sums.set(productId, current ? addProductCounts(current, counts) : counts);
    }
  }
  return Object.fromEntries(sums);
}

/** Adds amounts by currency, or units by hour. */
export function addEach(a: Amounts = {}, b: Amounts = {}): Amounts {
  const sums = new Map(Object.entries(a));
  for (const [name, value] of Object.entries(b)) sums.set(name, sum(sums.get(name) ?? 0, value));
  return Object.fromEntries(sums);
}

/** Sum of two numbers that are not negative. At the largest exact integer it stays: a higher one could not be stored. */
function sum(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}

/** The last changes in the order of their versions. */
function lastChanges(changes: readonly PriceChange[]): readonly PriceChange[] {
  return changes.toSorted((a, b) => a.version - b.version).slice(-MAX_PRICE_CHANGES);
}
