import { createHash } from 'node:crypto';
import type { TandemEvent } from '@tandem/contracts/events';

/** Time of the change that an event publishes, as in the event: RFC 3339 with any offset. */
export function timestampOf(event: TandemEvent): string {
  return 'timestamp' in event ? event.timestamp : event.updatedAt;
}

/**
 * Bytes of an id. With a thousand events a minute, two different ones of a half-hour have the same id once in some hundred thousand
 * years.
 */
export const ID_BYTES = 8;

/** Id of an event in an inbox: a hash of its event id, or of the whole event if it has none. A character for each byte (latin1). */
export function idOf(event: TandemEvent): string {
  const text = event.eventId ?? JSON.stringify(sorted(event));
  return createHash('sha256').update(text).digest('binary').slice(0, ID_BYTES);
}

/** The value with the fields of its objects in alphabetical order, so that equal values have equal texts. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, field]) => [name, sorted(field)]));
}
