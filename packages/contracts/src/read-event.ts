import { z } from 'zod';
import { eventSchemas, type TandemEvent } from './events.ts';

/** One fault of a body. `pointer` is an RFC 6901 JSON Pointer; '' is the whole body. */
export interface EventFault {
  readonly pointer: string;
  readonly detail: string;
}

/** Result of reading a message body. */
export type EventReading =
  | { readonly ok: true; readonly event: TandemEvent }
  | { readonly ok: false; readonly reason: 'unknownType'; readonly eventType: string }
  | {
      readonly ok: false;
      readonly reason: 'invalid';
      readonly eventType?: string;
      readonly errors: readonly EventFault[];
    };

const readers: ReadonlyMap<string, z.ZodType<TandemEvent>> = new Map(
  Object.entries(eventSchemas).map(([type, schema]) => [type, z.compile(schema)]),
);

/**
 * Reads a message body, JSON text or a parsed value. Never throws. Unknown fields are dropped, and a null field counts as
 * absent. A body without an `eventType` is `invalid`; one with an unknown event type is `unknownType`, whatever its other
 * fields are.
 */
export function readEvent(body: unknown): EventReading {
  const value = typeof body === 'string' ? parseJson(body) : body;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, reason: 'invalid', errors: [{ pointer: '', detail: 'must be a JSON object' }] };
  }
  const eventType = 'eventType' in value ? value.eventType : undefined;
  if (typeof eventType !== 'string') {
    return { ok: false, reason: 'invalid', errors: [{ pointer: '/eventType', detail: 'must be a string' }] };
  }
  const reader = readers.get(eventType);
  if (reader === undefined) return { ok: false, reason: 'unknownType', eventType };

  const result = reader.safeParse(withoutNulls(value));
  if (result.success) return { ok: true, event: result.data };
  const errors = result.error.issues.map((issue) => ({
    pointer: jsonPointer(issue.path),
    detail: issue.message,
  }));
  return { ok: false, reason: 'invalid', eventType, errors };
}

/** The value without null fields: producers in other languages send null for an absent field. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(entries.map(([name, field]) => [name, withoutNulls(field)]));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function jsonPointer(path: readonly PropertyKey[]): string {
  // No token needs escaping: the path consists of indexes and of our own field names.
  return path.map((key) => `/${String(key)}`).join('');
}
