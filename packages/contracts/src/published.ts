import { z } from 'zod';
import { eventSchemas, SCHEMA_VERSION } from './events.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The two sides of the events of a version, as JSON Schemas by event type. */
export interface Published {
  /** Schema of every published event, on which a consumer may rely. */
  readonly promised: Readonly<Record<string, JsonSchema>>;
  /** Schema of every event that a producer may send. */
  readonly accepted: Readonly<Record<string, JsonSchema>>;
}

/** The versions of the events that are still about. Of `v1.2`, the second addition to 1, events carry 1. */
export interface Support {
  /** The version that we publish. */
  readonly schemaVersion: number;
  /** The oldest version whose events are still read: queues, DLQs or producers of others may have some. */
  readonly oldestRead: number;
  /** The oldest version that a running consumer may have been built for: what we publish, it must take. */
  readonly oldestConsumer: string;
}

/**
 * A version may go once it was published for the last time 4 + 14 days ago: what a message may wait in a queue, and then
 * in a DLQ.
 */
export const supported: Support = { schemaVersion: SCHEMA_VERSION, oldestRead: 1, oldestConsumer: 'v1' };

type Schemas = Readonly<Record<string, z.ZodObject>>;

/** Fields that our consumers do without, and our producers always publish. */
const alwaysPublished: Readonly<Record<string, readonly string[]>> = {
  ProductCreated: ['onHand', 'held', 'incarnation'],
  ProductUpdated: ['onHand', 'held', 'incarnation'],
  ProductSnapshot: ['onHand', 'held', 'incarnation', 'snapshotId'],
  InventoryReserved: ['productVersion', 'revision'],
  InventoryReservationRejected: ['keptQty', 'revision'],
  InventoryReservationExpired: ['productVersion', 'revision'],
  InventoryShort: ['cartVersion'],
  ProductAddedToCart: ['currency', 'lineQty'],
  ProductRemovedFromCart: ['currency', 'lineQty'],
};

/** Times, which we accept with any offset and publish in UTC. */
const times = ['updatedAt', 'timestamp'];

/** The events as our producers publish them: narrower than what is read. */
export function promisesOf(schemas: Schemas): Schemas {
  return mapValues(schemas, (schema, type) => {
    const inShape = (fields: readonly string[]) => fields.filter((field) => field in schema.shape);
    const said = inShape(['eventId', ...(alwaysPublished[type] ?? [])]);
    const mask: Record<string, true> = Object.fromEntries(said.map((field) => [field, true]));
    return schema
      .required(mask as never)
      .extend(Object.fromEntries(inShape(times).map((field) => [field, z.iso.datetime()])))
      .extend({ schemaVersion: z.literal(SCHEMA_VERSION) });
  });
}

/** The schemas to publish for these events. Default: today's. */
export function publishedOf(schemas: Schemas = eventSchemas): Published {
  return {
    promised: mapValues(promisesOf(schemas), (schema) => jsonSchemaOf(schema, 'output')),
    accepted: mapValues(schemas, (schema) => jsonSchemaOf(schema, 'input')),
  };
}

/** Zod's own patterns of times, thousands of characters that any release may write differently, as they are frozen. */
const timePatterns = new Map([
  [z.regexes.datetime({}).source, String.raw`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$`],
  [
    z.regexes.datetime({ offset: true }).source,
    String.raw`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$`,
  ],
]);

function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    override({ jsonSchema }) {
      const { pattern } = jsonSchema;
      if (pattern !== undefined) jsonSchema.pattern = timePatterns.get(pattern) ?? pattern;
      if (io === 'input') return;
      // Zod closes what it has read, as it drops unknown fields; what is published may grow.
      delete jsonSchema.additionalProperties;
      delete jsonSchema.default;
    },
  });
}

function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  map: (value: A, key: string) => B,
): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
