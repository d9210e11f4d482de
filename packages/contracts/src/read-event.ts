import { z } from 'zod';
import { partsOf, withoutNulls } from './event-input.ts';
import { eventSchemas, type TandemEvent } from './events.ts';

/** One fault of a body. `pointer` is an RFC 6901 JSON Pointer; '' is the whole body. */
export interface EventFault {
  readonly pointer: string;
  readonly detail: string;
}

/** Result of reading a message body. Of an invalid one it has 20 faults at most. */
export type EventReading =
  | { readonly ok: true; readonly event: TandemEvent }
  | { readonly ok: false; readonly reason: 'unknownType'; readonly eventType: string }
  | {
      readonly ok: false;
      readonly reason: 'invalid';
      readonly eventType?: string;
      readonly errors: readonly EventFault[];
    };

/** Largest number of reported faults, so that a message cannot cause a log line that is larger than itself. */
const MAX_FAULTS = 20;
/** Largest length of a text of a message, or about it, in a reading. */
const MAX_TEXT = 200;

interface Reader {
  readonly fields: readonly string[];
  readonly schema: z.ZodType<TandemEvent>;
}

const readers: ReadonlyMap<string, Reader> = new Map(
  Object.entries(eventSchemas).map(([type, schema]) => [
    type,
    { fields: Object.keys(schema.shape), schema: z.compile(schema) },
  ]),
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
  if (reader === undefined)
    return { ok: false, reason: 'unknownType', eventType: eventType.slice(0, MAX_TEXT) };

  const { fields, schema } = reader;
  const input = withoutNulls(pick(value, fields));
  for (const { part, start } of partsOf(input)) {
    const { error } = schema.safeParse(part);
    if (error) return { ok: false, reason: 'invalid', eventType, errors: faultsOf(error, start) };
  }
  const { success, data, error } = schema.safeParse(input);
  if (success) return { ok: true, event: data };
  return { ok: false, reason: 'invalid', eventType, errors: faultsOf(error) };
}

function pick(value: object, fields: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => fields.includes(name)));
}

/** The first faults of an input; the lists in its fields begin at `start`. */
function faultsOf({ issues }: z.ZodError, start = 0): EventFault[] {
  return issues.slice(0, MAX_FAULTS).map(({ path, message }) => ({
    pointer: jsonPointer(path.map((key, i) => (i === 1 && typeof key === 'number' ? key + start : key))),
    detail: message.slice(0, MAX_TEXT),
  }));
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
