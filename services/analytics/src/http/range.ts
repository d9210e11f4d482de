import { DomainError } from '@tandem/chassis/errors';
import { addDays, dateOf, type DateRange, daysIn } from '../application/dates.ts';

const MAX_DAYS = 400;
const DEFAULT_DAYS = 30;
/** Earlier than any event; later than dates whose default range would begin before the year 0. */
const FIRST_DATE = '1970-01-01';

/**
 * The range of a query; `now` is in milliseconds since the epoch. Throws a DomainError of kind `invalid`, which points to
 * the parameter to correct, unless the range has 1 to 400 days.
 */
export function rangeOf(
  query: { from?: string | undefined; to?: string | undefined },
  now: number,
): DateRange {
  const to = query.to ?? dateOf(now);
  const from = query.from ?? addDays(to, 1 - DEFAULT_DAYS);
  if (to < FIRST_DATE) throw invalidRange('?to', `must be ${FIRST_DATE} or later`);
  if (from > to) throw invalidRange('?from', `must not be after to, which is ${to}`);
  const days = daysIn({ from, to });
  if (days > MAX_DAYS) {
    throw invalidRange('?from', `must be at most ${MAX_DAYS} days before the end of ${to}, not ${days}`);
  }
  return { from, to };
}

function invalidRange(pointer: string, detail: string): DomainError {
  return new DomainError(
    'invalid',
    'invalid-range',
    `The dates are not a range of 1 to ${MAX_DAYS} days: ${pointer.slice(1)} ${detail}. Correct it.`,
    { details: { errors: [{ pointer, detail }] } },
  );
}
