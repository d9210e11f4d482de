import { defineTopology, type PublishedTypeOf, type TopologyOf } from './define-topology.ts';
import type { EventType } from './events.ts';

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
      eventTypes: [...productEvents, 'InventoryShort'],
      snapshotQueue: 'product-cart-events-queue',
    },
    consumes: { 'product-cart-events-queue': { 'cart-events-topic': cartEvents } },
  },
  cart: {
    paths: ['/carts'],
    table: { name: 'carts', indexes: { byUser: 'keys' } },
    publishes: { topic: 'cart-events-topic', eventTypes: cartEvents, onExpiry: true },
    consumes: { 'cart-product-updates-queue': { 'product-events-topic': productEvents } },
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

/** A value for each service. */
export function mapServices<T>(valueOf: (service: ServiceName) => T): Readonly<Record<ServiceName, T>> {
  return Object.fromEntries(serviceNames.map((service) => [service, valueOf(service)])) as Record<
    ServiceName,
    T
  >;
}

/** A value for each service, once all have resolved; one service after the other, in the order of the topology. */
export async function mapServicesAsync<T>(
  valueOf: (service: ServiceName) => Promise<T>,
): Promise<Readonly<Record<ServiceName, T>>> {
  const values = new Map<ServiceName, T>();
  for (const service of serviceNames) values.set(service, await valueOf(service));
  return mapServices((service) => values.get(service) as T);
}

/** The relay of a service. Throws a TypeError if the service publishes nothing. */
export function relayOf(service: ServiceName): RelaySpec {
  const relay = topology.relays[service];
  if (!relay) throw new TypeError(`${service} publishes nothing`);
  return relay;
}

/** The only queue of a service. Throws a TypeError if the service consumes none or several. */
export function onlyQueueOf(service: ServiceName): QueueName {
  const [queue, ...more] = topology.services[service].queues;
  if (queue === undefined || more.length > 0)
    throw new TypeError(`${service} does not consume exactly one queue`);
  return queue;
}
