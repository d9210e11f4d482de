import type { IndexHolds } from '@tandem/contracts/topology-types';

/**
 * Schema of the tables in DynamoDB, for the driver and for the code that creates tables (tests, stacks). This module needs
 * no SDK.
 */

/** The partition key of every table, a string; there is no sort key. */
export const PARTITION_KEY = 'pk';

/** The TTL attribute of every table: seconds since the epoch, absent if the item never expires. */
export const TTL_ATTRIBUTE = 'expiresAt';

/** Relays compare the version of both images, and publish the expiry of an item from its old image. */
export const STREAM_VIEW_TYPE = 'NEW_AND_OLD_IMAGES';

/** Projected attributes of an index of states: those that a list reads, without the events. */
const PROJECTED_ATTRIBUTES = ['version', 'state', TTL_ATTRIBUTE];

/** The projection of an index, in the format of DynamoDB and CloudFormation. */
export function projectionOf(holds: IndexHolds) {
  return holds === 'keys'
    ? { ProjectionType: 'KEYS_ONLY' as const }
    : { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: PROJECTED_ATTRIBUTES };
}

/** Marker attribute, `true` in items whose last write has events and absent in others: stream filters match it. */
export const HAS_EVENTS = 'hasEvents';

/** Attribute of an item's lineage, the ids of its last writes: see dynamodb-lineage.ts. */
export const WRITE_IDS = 'writeIds';

/** The key attributes of an index, both strings: partition key, which has its name, and sort key. Each name is in each entry. */
export function indexAttributes(index: string): [string, string] {
  return [index, `${index}Sort`];
}

/** Filter pattern of a Lambda event source mapping; a list contains the values that match. */
export type FilterPattern = Readonly<
  Record<'eventName', readonly string[]> | Record<'dynamodb', { readonly NewImage: object }>
>;

/** Filters of a table's stream: only records that match one of them may have events to publish. */
export const streamFilters = {
  /** Writes with events. */
  events: { dynamodb: { NewImage: { [HAS_EVENTS]: { BOOL: [true] } } } },
  /**
   * Removed items. Only the relay can distinguish expired items: Lambda documents no filter on the principal that removed
   * an item.
   */
  removals: { eventName: ['REMOVE'] },
} as const satisfies Record<string, FilterPattern>;
