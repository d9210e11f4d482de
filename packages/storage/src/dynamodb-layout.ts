import type { IndexHolds } from '@tandem/contracts/define-topology';

/**
 * How a table is laid out in DynamoDB, as data: whoever creates one (tests, the stacks) and the driver that writes to it
 * read it here. Needs no SDK.
 */

/** The partition key of every table, a string; there is no sort key. */
export const PARTITION_KEY = 'pk';

/** The TTL attribute of every table: seconds since the epoch, absent where an item never expires. */
export const TTL_ATTRIBUTE = 'expiresAt';

/** Relays compare what was with what is, and learn from the old image what has expired. */
export const STREAM_VIEW_TYPE = 'NEW_AND_OLD_IMAGES';

/** The attributes of an index that holds states: all that a reader takes, and not the events. */
const PROJECTED_ATTRIBUTES = ['version', 'state', TTL_ATTRIBUTE];

/** The projection of an index, as DynamoDB and CloudFormation take it. */
export function projectionOf(holds: IndexHolds) {
  return holds === 'keys'
    ? { ProjectionType: 'KEYS_ONLY' as const }
    : { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: PROJECTED_ATTRIBUTES };
}

/** Stands, as `true`, in an item whose last write carries events, and in no other. */
export const HAS_EVENTS = 'hasEvents';

/** The lineage of an item: the ids of its last writes. See dynamodb-lineage.ts. */
export const WRITE_IDS = 'writeIds';

/** The key attributes of an index, strings: its partition, its sort key. */
export function indexAttributes(index: string): [string, string] {
  return [`${index}Partition`, `${index}Sort`];
}

/** A pattern as an event source mapping of Lambda takes it: a list holds the values that match. */
export type FilterPattern = Readonly<
  Record<'eventName', readonly string[]> | Record<'dynamodb', { readonly NewImage: object }>
>;

/** Filters of the table's stream: records that match one of them have events to publish. */
export const streamFilters = {
  /** Writes that carry events. */
  events: { dynamodb: { NewImage: { [HAS_EVENTS]: { BOOL: [true] } } } },
  /**
   * Removed items. Only the relay can distinguish those that expired: Lambda filters by the keys of
   * `dynamodb`, and documents nothing about who removed an item.
   */
  removals: { eventName: ['REMOVE'] },
} as const satisfies Record<string, FilterPattern>;
