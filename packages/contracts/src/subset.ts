import { type ServiceName, type Topology, topology } from './topology.ts';

/**
 * The topology of a system that runs these services alone, in the order of the topology: it has no table, relay, queue and
 * subscription of the others. It has all topics: events to the topic of a service that does not run can still be published by
 * others, and be consumed.
 */
export function subsetOf(services: readonly ServiceName[]): Topology {
  const isIncluded = (service: string) => services.some((included) => included === service);
  const { topics, queues, subscriptions } = topology;
  return {
    services: filterEntries(topology.services, isIncluded),
    tables: filterEntries(topology.tables, (_, { owner }) => isIncluded(owner)),
    relays: filterEntries(topology.relays, isIncluded),
    topics,
    queues: filterEntries(queues, (_, { consumer }) => isIncluded(consumer)),
    subscriptions: subscriptions.filter(({ queue }) => isIncluded(queues[queue].consumer)),
  };
}

function filterEntries<T extends object>(
  record: T,
  isIncluded: (key: string, value: T[keyof T]) => boolean,
): T {
  const entries = Object.entries(record) as [string, T[keyof T]][];
  return Object.fromEntries(entries.filter(([key, value]) => isIncluded(key, value))) as T;
}
