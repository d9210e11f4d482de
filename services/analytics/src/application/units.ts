import type { ProductCounts } from '../domain/counts.ts';
import { addAmounts, type AmountSums, exactSum, type Money, moneyOf } from './money.ts';

/** Figures in units, which products can be sorted by. */
export const unitFigures = [
  'unitsCheckedOut',
  'unitsAdded',
  'unitsRemoved',
  'unitsHeld',
  'unitsExpired',
] as const;
export type UnitFigure = (typeof unitFigures)[number];

/** Units of one figure. Those of `unitsHeld` are negative on a day with a rejection of units that were added before. */
export const unitsOf: Readonly<Record<UnitFigure, (counts: Partial<ProductCounts>) => number>> = {
  unitsCheckedOut: ({ checkedOut = 0 }) => checkedOut,
  unitsAdded: ({ added = 0 }) => added,
  unitsRemoved: ({ removed = 0 }) => removed,
  unitsHeld: ({ added = 0, rejected = 0 }) => added - rejected,
  unitsExpired: ({ expired = 0 }) => expired,
};

/** Figures of a product. */
export type Units = Readonly<Record<UnitFigure, number>> & { readonly revenue: readonly Money[] };

/** Sums of a product's counts. */
export interface UnitSums {
  readonly units: Record<UnitFigure, number>;
  readonly revenue: AmountSums;
}

export function noUnits(): UnitSums {
  const units = { unitsCheckedOut: 0, unitsAdded: 0, unitsRemoved: 0, unitsHeld: 0, unitsExpired: 0 };
  return { units, revenue: new Map() };
}

/** Adds counts to sums. */
export function addUnits({ units, revenue }: UnitSums, counts: Partial<ProductCounts>): void {
  const { added = 0, removed = 0, rejected = 0, expired = 0, checkedOut = 0 } = counts;
  units.unitsAdded = exactSum(units.unitsAdded, added);
  units.unitsRemoved = exactSum(units.unitsRemoved, removed);
  units.unitsHeld = exactSum(units.unitsHeld, added - rejected);
  units.unitsExpired = exactSum(units.unitsExpired, expired);
  units.unitsCheckedOut = exactSum(units.unitsCheckedOut, checkedOut);
  if (counts.revenue) addAmounts(revenue, counts.revenue);
}

/** The figures of sums. */
export function viewOfUnits({ units, revenue }: UnitSums): Units {
  const { unitsAdded, unitsRemoved, unitsHeld, unitsExpired, unitsCheckedOut } = units;
  return {
    unitsAdded,
    unitsRemoved,
    unitsHeld: atLeastNone(unitsHeld),
    unitsExpired,
    unitsCheckedOut,
    revenue: moneyOf(revenue),
  };
}

/** The sum of a figure, which is not negative: only a rejection on the day after an addition could make it so. */
export function atLeastNone(sum: number): number {
  return Math.max(0, sum);
}
