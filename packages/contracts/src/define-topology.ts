import type { EventType } from './events.ts';

/**
 * Projection of a sparse index. `states` adds the items' states, for lists that are read often; with `keys`, a list reads
 * each of its items, and a change of an item that leaves its index keys as they are costs no write of the index.
 */
export type IndexHolds = 'states' | 'keys';

/** Definition of a service. Every field is optional; a service that publishes needs a table. */
export interface ServiceDefinition {
  /** Path prefixes that the gateway or load balancer routes to the service. Default: none, it has no API. */
  readonly paths?: readonly `/${string}`[];
  /** Its table with sparse indexes. Every table has a TTL attribute and a change stream of old and new images. */
  readonly table?: { readonly name: string; readonly indexes: Readonly<Record<string, IndexHolds>> };
  /** The events that the outbox relay of its table publishes. */
  readonly publishes?: {
    readonly topic: string;
    readonly eventTypes: readonly EventType[];
    /** Whether the relay publishes events for items that expire. Default: false. */
    readonly onExpiry?: boolean;
    /**
     * Queue of the service that drives its snapshots: one message for each page, so that a snapshot resumes after a crash.
     * Snapshots change no state, so that the relay does not publish them.
     */
    readonly snapshotQueue?: `${string}-queue`;
  };
  /** Event types by queue and topic. */
  readonly consumes?: Readonly<Record<`${string}-queue`, Readonly<Record<string, readonly EventType[]>>>>;
}

/** Definitions of all services by name. */
export type ServiceDefinitions = Readonly<Record<string, ServiceDefinition>>;

type Keys<T> = T extends unknown ? keyof T & string : never;
type Part<D, P extends keyof ServiceDefinition> = D[keyof D] extends infer S
  ? S extends { readonly [K in P]: infer T }
    ? T
    : never
  : never;
export type ServiceNameOf<D> = keyof D & string;
export type TableNameOf<D> = Extract<Part<D, 'table'>, { name: string }>['name'];
export type TopicNameOf<D> = Extract<Part<D, 'publishes'>, { topic: string }>['topic'];
/** The event types that services publish. */
export type PublishedTypeOf<D> = Extract<
  Part<D, 'publishes'>,
  { eventTypes: readonly EventType[] }
>['eventTypes'][number];
export type QueueNameOf<D> = Keys<Part<D, 'consumes'>>;

/** A service in the topology. */
export interface ServiceSpec<Table extends string, Queue extends string> {
  readonly paths: readonly string[];
  readonly table?: Table;
  /** The queues that the service consumes. */
  readonly queues: readonly Queue[];
}

/** A table with its sparse indexes. */
export interface TableSpec<Service extends string> {
  readonly owner: Service;
  readonly indexes: Readonly<Record<string, IndexHolds>>;
}

/** The outbox relay of a service's table: publishes to one topic, and parks events that can never be published. */
export interface RelaySpec<Table extends string, Topic extends string, Queue extends string> {
  readonly table: Table;
  readonly topic: Topic;
  readonly parkingQueue: string;
  readonly publishesExpiry: boolean;
  readonly snapshotQueue?: Queue;
}

/** A topic and the event types that are published to it. */
export interface TopicSpec<Service extends string> {
  readonly owner: Service;
  readonly eventTypes: readonly EventType[];
}

/** A queue with its dead-letter queue. Times are seconds. */
export interface QueueSpec<Service extends string> {
  readonly consumer: Service;
  readonly deadLetterQueue: string;
  readonly maxReceiveCount: number;
  readonly visibilityTimeout: number;
}

/** A filtered, raw subscription. `deadLetterQueue` receives messages that SNS cannot deliver and would otherwise drop. */
export interface SubscriptionSpec<Topic extends string, Queue extends string> {
  readonly topic: Topic;
  readonly queue: Queue;
  readonly eventTypes: readonly EventType[];
  readonly deadLetterQueue: string;
}

/** The system as a value: the local system, the stacks, the diagram and the console are derived from it. */
export interface TopologyOf<D extends ServiceDefinitions> {
  readonly services: Readonly<Record<ServiceNameOf<D>, ServiceSpec<TableNameOf<D>, QueueNameOf<D>>>>;
  readonly tables: Readonly<Record<TableNameOf<D>, TableSpec<ServiceNameOf<D>>>>;
  /** Relays of the services that publish. */
  readonly relays: Readonly<
    Partial<Record<ServiceNameOf<D>, RelaySpec<TableNameOf<D>, TopicNameOf<D>, QueueNameOf<D>>>>
  >;
  readonly topics: Readonly<Record<TopicNameOf<D>, TopicSpec<ServiceNameOf<D>>>>;
  readonly queues: Readonly<Record<QueueNameOf<D>, QueueSpec<ServiceNameOf<D>>>>;
  readonly subscriptions: readonly SubscriptionSpec<TopicNameOf<D>, QueueNameOf<D>>[];
}

/** Limits of every queue: at most five receives of a message, which is invisible for 30 s after each. */
const LIMITS = { maxReceiveCount: 5, visibilityTimeout: 30 };

/**
 * Creates the topology of these services, in their order. Names of dead-letter and parking queues are derived from those
 * of queues and services. Throws a TypeError for a service that publishes without a table, and for a subscription to a
 * topic that no service publishes to.
 */
export function defineTopology<const D extends ServiceDefinitions>(definitions: D): TopologyOf<D> {
  const serviceEntries = Object.entries<ServiceDefinition>(definitions);
  const ownerOf = new Map(serviceEntries.map(([service, { publishes }]) => [publishes?.topic, service]));
  const relays = serviceEntries.flatMap(([service, { publishes, table }]) => {
    if (!publishes) return [];
    if (!table)
      throw new TypeError(`${service} publishes, but has no table for its relay to read. Define one.`);
    const { topic, onExpiry: publishesExpiry = false, snapshotQueue } = publishes;
    const parkingQueue = `${service}-relay-parking-queue`;
    const relay = { table: table.name, topic, parkingQueue, publishesExpiry };
    return [[service, snapshotQueue ? { ...relay, snapshotQueue } : relay] as const];
  });
  const consumedQueues = serviceEntries.flatMap(([consumer, { consumes = {} }]) =>
    Object.entries(consumes).map(([queue, topics]) => ({ consumer, queue, topics: Object.entries(topics) })),
  );
  const subscriptions = consumedQueues.flatMap(({ consumer, queue, topics }) =>
    topics.map(([topic, eventTypes]) => {
      const owner = ownerOf.get(topic);
      if (owner === undefined)
        throw new TypeError(`${consumer} consumes ${topic}, but no service publishes to it.`);
      // A queue with several subscriptions has a dead-letter queue for each.
      const name = topics.length > 1 ? `${baseOf(queue)}-${owner}` : baseOf(queue);
      return { topic, queue, eventTypes, deadLetterQueue: `${name}-subscription-dlq` };
    }),
  );
  return {
    services: Object.fromEntries(
      serviceEntries.map(([service, { paths = [], table, consumes = {} }]) => [
        service,
        { paths, ...(table && { table: table.name }), queues: Object.keys(consumes) },
      ]),
    ),
    tables: Object.fromEntries(
      serviceEntries.flatMap(([owner, { table }]) =>
        table ? [[table.name, { owner, indexes: table.indexes }]] : [],
      ),
    ),
    relays: Object.fromEntries(relays),
    topics: Object.fromEntries(
      serviceEntries.flatMap(([owner, { publishes }]) =>
        publishes ? [[publishes.topic, { owner, eventTypes: publishes.eventTypes }]] : [],
      ),
    ),
    queues: Object.fromEntries(
      consumedQueues.map(({ consumer, queue }) => [
        queue,
        { consumer, deadLetterQueue: `${baseOf(queue)}-dlq`, ...LIMITS },
      ]),
    ),
    subscriptions,
  } as unknown as TopologyOf<D>;
}

function baseOf(queue: string): string {
  return queue.slice(0, -'-queue'.length);
}
