import type { Price, PriceChange } from '../domain/counts.ts';
import { dateOf } from './dates.ts';

const HOUR_MS = 60 * 60 * 1_000;
const HOURS_A_DAY = 24;
/** Clock hours that are compared on either side of a price change. */
const COMPARED_HOURS = 24;

/** A price change, and the units that were added before and after it. */
export interface PriceEffect {
  readonly changedAt: string;
  readonly version: number;
  readonly from: Price;
  readonly to: Price;
  /** Averages of the hours below; null without a complete hour. */
  readonly unitsAddedPerHour: { readonly before: number | null; readonly after: number | null };
  /** Units added in each of the 24 full clock hours before the hour of the change, without hours before the service counted. */
  readonly hoursBefore: readonly number[];
  /** Units added in each of the 24 full clock hours after the hour of the change, without hours that have not ended. */
  readonly hoursAfter: readonly number[];
}

/** Units added in each hour: by date, then by the hour of the day. */
export type HourSums = ReadonlyMap<string, Readonly<Record<number, number>>>;

/** The time in which units were counted, in milliseconds since the epoch. */
export interface CountedTime {
  readonly since: number;
  readonly now: number;
}

/** Compares the units added before and after a price change; the hour of the change belongs to neither. */
export function priceEffect(
  { changedAt, version, from, to }: PriceChange,
  added: HourSums,
  { since, now }: CountedTime,
): PriceEffect {
  const hour = Math.floor(Date.parse(changedAt) / HOUR_MS);
  const complete = Math.min(COMPARED_HOURS, Math.max(0, Math.floor(now / HOUR_MS) - hour - 1));
  const firstHour = Math.max(hour - COMPARED_HOURS, Math.ceil(since / HOUR_MS));
  const hoursBefore = unitsIn(added, firstHour, Math.max(0, hour - firstHour));
  const hoursAfter = unitsIn(added, hour + 1, complete);
  return {
    changedAt,
    version,
    from,
    to,
    unitsAddedPerHour: { before: average(hoursBefore), after: average(hoursAfter) },
    hoursBefore,
    hoursAfter,
  };
}

/** Units added in successive hours, from one that is counted from the epoch. */
function unitsIn(added: HourSums, firstHour: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const hour = firstHour + i;
    const date = dateOf(hour * HOUR_MS);
    return added.get(date)?.[hour % HOURS_A_DAY] ?? 0;
  });
}

function average(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
