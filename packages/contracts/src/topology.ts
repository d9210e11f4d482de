import type { EventType } from './events.ts';

/** A service: which paths the gateway or load balancer sends to it, and what it sends beside its table's changes. */
export interface ServiceSpec {
  readonly paths: readonly string[];
  /** Publishes snapshots, which change no state: a page a message of its own queue, so that a crash resumes there. */
  readonly snapshots?: { readonly topic: TopicName; readonly queue: QueueName };
}

/**
 * Projection of an index beside the keys: the items' states, for lists that are read often, or nothing: then it costs a
 * read of each item that is listed, and no write where an item only changes in itself.
 */
export type IndexHolds = 'states' | 'keys';

/** A table with its sparse indexes; every table has a TTL attribute and a stream of both images. */
export interface TableSpec {
  readonly owner: ServiceName;
  readonly indexes: Readonly<Record<string, IndexHolds>>;
}

/** The relay of a table's changes: publishes to one topic, parks what can never be published. */
export interface RelaySpec {
  readonly table: TableName;
  readonly topic: TopicName;
  readonly parkingQueue: string;
  /** Whether the relay publishes events for items that expire. */
  readonly publishesExpiry: boolean;
}

/** A topic and the types of event that appear on it. */
export interface TopicSpec {
  readonly owner: ServiceName;
  readonly eventTypes: readonly EventType[];
}

/** A queue with its dead-letter queue. Times are seconds. */
export interface QueueSpec {
  readonly consumer: ServiceName;
  readonly deadLetterQueue: string;
  readonly maxReceiveCount: number;
  readonly visibilityTimeout: number;
}

/** A filtered, raw subscription. `deadLetterQueue` keeps what SNS could not deliver, which it would drop otherwise. */
export interface SubscriptionSpec {
  readonly topic: TopicName;
  readonly queue: QueueName;
  readonly eventTypes: readonly EventType[];
  readonly deadLetterQueue: string;
}

export type ServiceName = 'product' | 'cart';
/** A principal on AWS with a role of its own: a service, or the outbox relay of its table. */
export type Principal = ServiceName | `${ServiceName}-relay`;
export type TableName = 'products' | 'carts';
export type TopicName = 'product-events-topic' | 'cart-events-topic';
export type QueueName = 'product-cart-events-queue' | 'cart-product-updates-queue';

/** The system as a value: the local system, the stacks, the diagram and the console are derived from it. */
export interface Topology {
  readonly services: Readonly<Record<ServiceName, ServiceSpec>>;
  readonly tables: Readonly<Record<TableName, TableSpec>>;
  readonly relays: Readonly<Record<ServiceName, RelaySpec>>;
  readonly topics: Readonly<Record<TopicName, TopicSpec>>;
  readonly queues: Readonly<Record<QueueName, QueueSpec>>;
  readonly subscriptions: readonly SubscriptionSpec[];
}

export const topology: Topology = {
  services: {
    product: {
      paths: ['/products'],
      snapshots: { topic: 'product-events-topic', queue: 'product-cart-events-queue' },
    },
    cart: { paths: ['/carts'] },
  },
  tables: {
    products: { owner: 'product', indexes: { byCategory: 'states', byHoldExpiry: 'keys' } },
    carts: { owner: 'cart', indexes: { byUser: 'keys' } },
  },
  relays: {
    product: {
      table: 'products',
      topic: 'product-events-topic',
      parkingQueue: 'product-relay-parking-queue',
      publishesExpiry: false,
    },
    cart: {
      table: 'carts',
      topic: 'cart-events-topic',
      parkingQueue: 'cart-relay-parking-queue',
      publishesExpiry: true,
    },
  },
  topics: {
    'product-events-topic': {
      owner: 'product',
      eventTypes: [
        'ProductCreated',
        'ProductUpdated',
        'ProductDeleted',
        'ProductSnapshot',
        'ProductSnapshotCompleted',
        'InventoryReserved',
        'InventoryReservationRejected',
        'InventoryReservationExpired',
        'InventoryShort',
      ],
    },
    'cart-events-topic': {
      owner: 'cart',
      eventTypes: [
        'ProductAddedToCart',
        'ProductRemovedFromCart',
        'CartCheckedOut',
        'CartExpired',
        'InventoryReservationRequested',
        'ProductSnapshotRequested',
      ],
    },
  },
  queues: {
    'cart-product-updates-queue': {
      consumer: 'cart',
      deadLetterQueue: 'cart-product-updates-dlq',
      maxReceiveCount: 5,
      visibilityTimeout: 30,
    },
    'product-cart-events-queue': {
      consumer: 'product',
      deadLetterQueue: 'product-cart-events-dlq',
      maxReceiveCount: 5,
      visibilityTimeout: 30,
    },
  },
  subscriptions: [
    {
      topic: 'product-events-topic',
      queue: 'cart-product-updates-queue',
      eventTypes: [
        'ProductCreated',
        'ProductUpdated',
        'ProductDeleted',
        'ProductSnapshot',
        'ProductSnapshotCompleted',
        'InventoryReserved',
        'InventoryReservationRejected',
        'InventoryReservationExpired',
      ],
      deadLetterQueue: 'cart-product-updates-subscription-dlq',
    },
    {
      topic: 'cart-events-topic',
      queue: 'product-cart-events-queue',
      eventTypes: [
        'ProductAddedToCart',
        'ProductRemovedFromCart',
        'CartCheckedOut',
        'CartExpired',
        'InventoryReservationRequested',
        'ProductSnapshotRequested',
      ],
      deadLetterQueue: 'product-cart-events-subscription-dlq',
    },
  ],
};
