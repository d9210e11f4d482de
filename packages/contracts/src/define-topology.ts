import type { ServiceDefinition, ServiceDefinitions, TopologyOf } from './topology-types.ts';

/** Limits of every queue: at most five receives of a message, which is invisible for 30 s after each. */
const LIMITS = { maxReceiveCount: 5, visibilityTimeout: 30 };

/**
 * Creates the topology of these services, in their order. Names of dead-letter and parking queues are derived from those
 * of queues and services. Throws a TypeError for a service that publishes without a table, and for a subscription or requests
 * to a topic that no service publishes to.
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
  for (const [service, { requests }] of serviceEntries) {
    if (requests && !ownerOf.has(requests.topic))
      throw new TypeError(`${service} publishes requests to ${requests.topic}, which no service owns.`);
  }
  const consumedQueues = serviceEntries.flatMap(([consumer, { consumes = {} }]) =>
    Object.entries(consumes).map(([queue, topics]) => ({ consumer, queue, topics: Object.entries(topics) })),
  );
  const subscriptions = consumedQueues.flatMap(({ consumer, queue, topics }) =>
    topics.map(([topic, eventTypes]) => {
      if (!ownerOf.has(topic))
        throw new TypeError(`${consumer} consumes ${topic}, but no service publishes to it.`);
      return { topic, queue, eventTypes };
    }),
  );
  return {
    services: Object.fromEntries(
      serviceEntries.map(([service, { paths = [], runsAs = 'task', table, requests, consumes = {} }]) => [
        service,
        {
          paths,
          runsAs,
          ...(table && { table: table.name }),
          ...(requests && { requests }),
          queues: Object.keys(consumes),
        },
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
        { consumer, deadLetterQueue: `${queue.slice(0, -'-queue'.length)}-dlq`, ...LIMITS },
      ]),
    ),
    subscriptions,
  } as unknown as TopologyOf<D>;
}
