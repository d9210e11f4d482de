import { defineTopology } from './define-topology.ts';
import type { EventType } from './events.ts';
import type { PublishedTypeOf, TopologyOf } from './topology-types.ts';

const cartEvents = [
  'ProductAddedToCart',
  'ProductRemovedFromCart',
  'CartCheckedOut',
  'CartExpired',
  'InventoryReservationRequested',
  'ProductSnapshotRequested',
] as const;

const productEvents = [
  'ProductCreated',
  'ProductUpdated',
  'ProductDeleted',
  'ProductSnapshot',
  'ProductSnapshotCompleted',
  'InventoryReserved',
  'InventoryReservationRejected',
  'InventoryReservationExpired',
] as const;

const services = {
  product: {
    paths: ['/products'],
    table: { name: 'products', indexes: { byCategory: 'states', byHoldExpiry: 'keys' } },
    publishes: {
      topic: 'product-events-topic',
      eventTypes: [...productEvents, 'ProductEdited', 'InventoryShort'],
      snapshotQueue: 'product-cart-events-queue',
    },
    consumes: { 'product-cart-events-queue': { 'cart-events-topic': cartEvents } },
  },
  cart: {
    paths: ['/carts', '/orders'],
    table: { name: 'carts', indexes: { byUser: 'keys' } },
    publishes: { topic: 'cart-events-topic', eventTypes: cartEvents, onExpiry: true },
    consumes: { 'cart-product-updates-queue': { 'product-events-topic': productEvents } },
  },
  analytics: {
    paths: ['/analytics'],
    runsAs: 'function',
    table: { name: 'analytics', indexes: {} },
    requests: { topic: 'cart-events-topic', eventTypes: ['ProductSnapshotRequested'] },
    // Neither ProductUpdated nor InventoryReserved: they are most of all events, and nothing is counted by them.
    consumes: {
      'analytics-events-queue': {
        'product-events-topic': [
          'ProductCreated',
          'ProductEdited',
          'ProductSnapshot',
          'ProductSnapshotCompleted',
          'InventoryReservationRejected',
          'InventoryReservationExpired',
        ],
        'cart-events-topic': [
          'ProductAddedToCart',
          'ProductRemovedFromCart',
          'CartCheckedOut',
          'CartExpired',
        ],
      },
    },
  },
} as const;

type Unpublished = Exclude<EventType, PublishedTypeOf<Services>>;
// An event type that no service publishes does not compile.
void (true satisfies [Unpublished] extends [never] ? true : Unpublished);

/** The system: one entry for each service. Names, stacks, permissions, alarms, diagrams and costs are derived from it. */
export const topology: Topology = defineTopology(services);

/** The definitions of the services, with their names as literal types. */
export type Services = typeof services;
export type Topology = TopologyOf<Services>;
export type ServiceName = keyof Topology['services'];
export type TableName = keyof Topology['tables'];
export type TopicName = keyof Topology['topics'];
export type QueueName = keyof Topology['queues'];
export type TableSpec = Topology['tables'][TableName];
export type TopicSpec = Topology['topics'][TopicName];
export type RelaySpec = NonNullable<Topology['relays'][ServiceName]>;
export type SubscriptionSpec = Topology['subscriptions'][number];
/** A principal on AWS with a role of its own: a service, or the outbox relay of its table. */
export type Principal = ServiceName | `${ServiceName}-relay`;

/** All services in the order of the topology. */
export const serviceNames = Object.keys(topology.services) as readonly ServiceName[];

/** Display name of a service, such as `Product`. */
export function titleOf(service: ServiceName): string {
  return service.replace(/^./, (first) => first.toUpperCase()).replaceAll('-', ' ');
}

/** The services that publish events, each with its relay. */
export const publishers = Object.entries(topology.relays) as readonly (readonly [ServiceName, RelaySpec])[];

/** A value for each of these services. Default: all services; where a system runs fewer, the others have no value. */
export function mapServices<T>(
  valueOf: (service: ServiceName) => T,
  services: readonly ServiceName[] = serviceNames,
): Readonly<Record<ServiceName, T>> {
  return Object.fromEntries(services.map((service) => [service, valueOf(service)])) as Record<ServiceName, T>;
}

/** Like {@link mapServices}, once all values have resolved; one service after the other, in the given order. */
export async function mapServicesAsync<T>(
  valueOf: (service: ServiceName) => Promise<T>,
  services: readonly ServiceName[] = serviceNames,
): Promise<Readonly<Record<ServiceName, T>>> {
  const values = new Map<ServiceName, T>();
  for (const service of services) values.set(service, await valueOf(service));
  return mapServices((service) => values.get(service) as T, services);
}

/** The relay of a service. Throws a TypeError if the service publishes nothing. */
export function relayOf(service: ServiceName): RelaySpec {
  const relay = topology.relays[service];
  if (!relay) throw new TypeError(`${service} publishes nothing`);
  return relay;
}

/** The topic to which a service publishes without its relay, for snapshots or requests; undefined for most services. */
export function directTopicOf(service: ServiceName): TopicName | undefined {
  const relay = topology.relays[service];
  return topology.services[service].requests?.topic ?? (relay?.snapshotQueue && relay.topic);
}

/** The only queue of a service. Throws a TypeError if the service consumes none or several. */
export function onlyQueueOf(service: ServiceName): QueueName {
  const [queue, ...more] = topology.services[service].queues;
  if (queue === undefined || more.length > 0)
    throw new TypeError(`${service} does not consume exactly one queue`);
  return queue;
}
