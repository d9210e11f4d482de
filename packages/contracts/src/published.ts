import { z } from 'zod';
import { eventSchemas, SCHEMA_VERSION } from './events.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Contract of one version of the events: JSON Schemas by event type, for consumers and for producers. */
export interface Published {
  /** Schema of every event that we publish, on which a consumer may rely. */
  readonly promised: Readonly<Record<string, JsonSchema>>;
  /** Schema of every event that a producer may send. */
  readonly accepted: Readonly<Record<string, JsonSchema>>;
}

/** Versions of the events that are in use. Events of `v1.2`, the second addition to version 1, carry `schemaVersion` 1. */
export interface Support {
  /** The version that we publish. */
  readonly schemaVersion: number;
  /** The oldest version that consumers still read: queues, DLQs and foreign producers may hold such events. */
  readonly oldestRead: number;
  /** The oldest version that a running consumer may be built for: it must accept the events that we publish. */
  readonly oldestConsumer: string;
}

/**
 * Supported versions. A version can be removed 4 + 14 days after its last event was published: the retention of a queue,
 * and then of its DLQ.
 */
export const supported: Support = { schemaVersion: SCHEMA_VERSION, oldestRead: 1, oldestConsumer: 'v1' };

type Schemas = Readonly<Record<string, z.ZodObject>>;

/** Fields that are optional for our consumers, and that our producers always publish. */
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

/** Time fields: accepted with any offset, published in UTC. */
const times = ['updatedAt', 'timestamp'];

/** Schemas of the events that our producers publish, narrower than those that our consumers accept. */
export function promisesOf(schemas: Schemas): Schemas {
  return mapValues(schemas, (schema, type) => {
    const inShape = (fields: readonly string[]) => fields.filter((field) => field in schema.shape);
    const requiredFields = inShape(['eventId', ...(alwaysPublished[type] ?? [])]);
    const mask: Record<string, true> = Object.fromEntries(requiredFields.map((field) => [field, true]));
    return schema
      .required(mask as never)
      .extend(Object.fromEntries(inShape(times).map((field) => [field, z.iso.datetime()])))
      .extend({ schemaVersion: z.literal(SCHEMA_VERSION) });
  });
}

/** The contract of these events. Default: the current ones. */
export function publishedOf(schemas: Schemas = eventSchemas): Published {
  return {
    promised: mapValues(promisesOf(schemas), (schema) => jsonSchemaOf(schema, 'output')),
    accepted: mapValues(schemas, (schema) => jsonSchemaOf(schema, 'input')),
  };
}

/** Short patterns in place of Zod's own for times, which have thousands of characters and may change with a release. */
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
      // Zod drops unknown fields and therefore forbids them in its output; published events may gain fields.
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
