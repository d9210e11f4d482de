const DAY_MS = 24 * 60 * 60 * 1_000;

/** Days (UTC) from `from` to `to`, both included, as `2026-02-14`. */
export interface DateRange {
  readonly from: string;
  readonly to: string;
}

/** The date that is `days` after a date, or before it if negative. */
export function addDays(date: string, days: number): string {
  return dateOf(Date.parse(date) + days * DAY_MS);
}

/** Number of days in a range; 0 or negative if it ends before it begins. */
export function daysIn({ from, to }: DateRange): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
}

/** Every date of a range, in order. */
export function datesIn(range: DateRange): string[] {
  return Array.from({ length: daysIn(range) }, (_, day) => addDays(range.from, day));
}

/** The date (UTC) of a time in milliseconds since the epoch. */
export function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 'YYYY-MM-DD'.length);
}
