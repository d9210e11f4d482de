import type { EventType } from './events.ts';

/**
 * Projection of a sparse index. `states` adds the items' states, for lists that are read often; with `keys`, a list reads
 * each of its items, and a change of an item that leaves its index keys as they are costs no write of the index.
 */
export type IndexHolds = 'states' | 'keys';

export type RunsAs = 'task' | 'function';

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
  /**
   * Events that the service publishes itself to a topic of another service, such as a request for a snapshot. They follow
   * from no change of state, so that they need no outbox.
   */
  readonly requests?: { readonly topic: string; readonly eventTypes: readonly EventType[] };
  /**
   * How the service runs on AWS: as tasks on Fargate, or as Lambda functions that cost nothing at rest. Default: 'task'.
   */
  readonly runsAs?: RunsAs;
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
export interface ServiceSpec<Table extends string, Topic extends string, Queue extends string> {
  readonly paths: readonly string[];
  readonly runsAs: RunsAs;
  readonly table?: Table;
  /** The topic of another service to which this one publishes requests. */
  readonly requests?: { readonly topic: Topic; readonly eventTypes: readonly EventType[] };
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

/**
 * A queue with its dead-letter queue, which receives what its consumer cannot process, and what SNS cannot deliver to it and would
 * otherwise drop. Times are seconds.
 */
export interface QueueSpec<Service extends string> {
  readonly consumer: Service;
  readonly deadLetterQueue: string;
  readonly maxReceiveCount: number;
  readonly visibilityTimeout: number;
}

/** A filtered, raw subscription. What SNS cannot deliver goes to the dead-letter queue of its queue. */
export interface SubscriptionSpec<Topic extends string, Queue extends string> {
  readonly topic: Topic;
  readonly queue: Queue;
  readonly eventTypes: readonly EventType[];
}

/** The system as a value: the local system, the stacks, the diagram and the console are derived from it. */
export interface TopologyOf<D extends ServiceDefinitions> {
  readonly services: Readonly<
    Record<ServiceNameOf<D>, ServiceSpec<TableNameOf<D>, TopicNameOf<D>, QueueNameOf<D>>>
  >;
  readonly tables: Readonly<Record<TableNameOf<D>, TableSpec<ServiceNameOf<D>>>>;
  /** Relays of the services that publish. */
  readonly relays: Readonly<
    Partial<Record<ServiceNameOf<D>, RelaySpec<TableNameOf<D>, TopicNameOf<D>, QueueNameOf<D>>>>
  >;
  readonly topics: Readonly<Record<TopicNameOf<D>, TopicSpec<ServiceNameOf<D>>>>;
  readonly queues: Readonly<Record<QueueNameOf<D>, QueueSpec<ServiceNameOf<D>>>>;
  readonly subscriptions: readonly SubscriptionSpec<TopicNameOf<D>, QueueNameOf<D>>[];
}
