import type { Table } from '@tandem/storage/table';
import type { CartCounts } from '../domain/counts.ts';
import { type DateRange, datesIn } from './dates.ts';
import { readDays } from './figures.ts';
import { addAmounts, type AmountSums, type Money, moneyOf } from './money.ts';

/** Figures of the carts of some days. */
export interface Funnel {
  readonly cartsOpened: number;
  readonly cartsAbandoned: number;
  readonly cartsCheckedOut: number;
  /** Checked-out carts per opened cart; null without an opened cart. */
  readonly conversionRate: number | null;
  readonly unitsCheckedOut: number;
  /** Units per checked-out cart; null without one. */
  readonly unitsPerCart: number | null;
  readonly revenue: readonly Money[];
  /** Revenue per checked-out cart of any currency, rounded to minor units. */
  readonly valuePerCart: readonly Money[];
}

export interface FunnelView extends DateRange {
  readonly total: Funnel;
  /** Each date of the range. */
  readonly days: readonly (Funnel & { readonly date: string })[];
}

/** Reads the figures of the carts of a range. */
export async function readFunnel(table: Table, range: DateRange): Promise<FunnelView> {
  const dates = datesIn(range);
  const days = await readDays(table, dates);
  const carts = new Map(days.map((day) => [day.date, day.carts]));
  return {
    ...range,
    total: funnelOf([...carts.values()]),
    days: dates.map((date) => ({ date, ...funnelOf([carts.get(date) ?? []].flat()) })),
  };
}

function funnelOf(carts: readonly CartCounts[]): Funnel {
  const sumOf = (field: 'opened' | 'abandoned' | 'checkedOut' | 'unitsCheckedOut') =>
    carts.reduce((sum, counts) => sum + counts[field], 0);
  const [opened, checkedOut, units] = [sumOf('opened'), sumOf('checkedOut'), sumOf('unitsCheckedOut')];
  const sums: AmountSums = new Map();
  for (const { revenue } of carts) addAmounts(sums, revenue);
  const revenue = moneyOf(sums);
  return {
    cartsOpened: opened,
    cartsAbandoned: sumOf('abandoned'),
    cartsCheckedOut: checkedOut,
    conversionRate: ratio(checkedOut, opened),
    unitsCheckedOut: units,
    unitsPerCart: ratio(units, checkedOut),
    revenue,
    valuePerCart: revenue.map(({ currency, amount }) => ({
      currency,
      amount: Math.round(amount / Math.max(1, checkedOut)),
    })),
  };
}

function ratio(dividend: number, divisor: number): number | null {
  return divisor === 0 ? null : dividend / divisor;
}
