import type { Money } from '@tandem/analytics/application/money';
import type { UnitFigure } from '@tandem/analytics/application/units';
import { formatMoney, integer } from '../../parts/format.ts';

/** Text for a value that does not exist. */
export const NONE = '—';

/** Titles of the figures of a product. */
export const titles: Readonly<Record<UnitFigure, string>> = {
  unitsCheckedOut: 'Checked out',
  unitsAdded: 'Added',
  unitsRemoved: 'Removed',
  unitsHeld: 'Held',
  unitsExpired: 'Expired',
};

/** Share as a percentage with at most one decimal digit: 0.125 is 12.5%. */
export function percent(share: number | null): string {
  if (share === null) return NONE;
  return share.toLocaleString('en', { style: 'percent', maximumFractionDigits: 1 });
}

/** Average with at most two decimal digits. */
export function average(value: number | null): string {
  return value === null ? NONE : value.toLocaleString('en', { maximumFractionDigits: 2 });
}

/** Change of a rate in percent, with its sign: `+25%`. Without a rate before there is none to compare with. */
export function change(before: number, after: number): string | undefined {
  if (before === 0) return undefined;
  const options = { style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' } as const;
  return (after / before - 1).toLocaleString('en', options).replace('-', '−');
}

/** Amounts of several currencies: `€14.90, $3.00`. */
export function amounts(money: readonly Money[]): string {
  return money.map(({ amount, currency }) => formatMoney(amount, currency)).join(', ') || NONE;
}

/** Date (UTC) without its year: `Feb 14`. */
export function shortDate(date: string): string {
  return new Date(date).toLocaleDateString('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });
}

/** Date (UTC): `Feb 14, 2026`. */
export function longDate(date: string): string {
  return new Date(date).toLocaleDateString('en', { dateStyle: 'medium', timeZone: 'UTC' });
}

/** Time (UTC) to the minute. */
export function utcTime(at: string): string {
  const text = new Date(at).toLocaleString('en', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  return `${text} UTC`;
}

/** Values of a series in a sentence: `from 3 to 7 a day, at most 9`. */
export function course(values: readonly number[]): string {
  const [first = 0, last = 0, max] = [values[0], values.at(-1), Math.max(0, ...values)];
  return `from ${integer(first)} to ${integer(last)} a day, at most ${integer(max)}`;
}
