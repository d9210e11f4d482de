import type { QueueName, ServiceName, TableName, TopicName, Topology } from '@tandem/contracts/topology';
import type { DeadLetterQueue } from '../../../server/protocol.ts';
import { keys } from '../../parts/topology.ts';

/** Part of the system in the picture; `id` also names it in URLs. */
export type Part = { readonly id: string; readonly lane?: ServiceName } & (
  | { readonly kind: 'client' | 'gateway'; readonly name: string }
  | { readonly kind: 'service'; readonly name: ServiceName }
  | { readonly kind: 'relay'; readonly name: string; readonly service: ServiceName }
  | { readonly kind: 'table'; readonly name: TableName }
  | { readonly kind: 'topic'; readonly name: TopicName }
  | {
      readonly kind: 'subscription';
      readonly name: string;
      readonly topic: TopicName;
      readonly queue: QueueName;
    }
  | { readonly kind: 'queue'; readonly name: QueueName }
  | { readonly kind: 'deadLetters'; readonly name: string; readonly queueKind: DeadLetterQueue['kind'] }
);

/** Part with its dead-letter queue. */
export interface Cell {
  readonly part: Part;
  readonly deadLetters?: Part;
}

/** Cells of a service's parts, in the order of the event flow; one row per subscription of a queue. */
export type Lane = Readonly<
  Record<'service' | 'table' | 'relay' | 'topic' | 'subscription' | 'queue', readonly (Cell | undefined)[]>
>;

export const client: Part = { id: 'client', kind: 'client', name: 'client' };
export const gateway: Part = { id: 'gateway', kind: 'gateway', name: 'gateway' };

export const idOf = {
  service: (service: string) => `service/${service}`,
  table: (table: string) => `table/${table}`,
  relay: (service: string) => `relay/${service}`,
  topic: (topic: string) => `topic/${topic}`,
  subscription: ({ topic, queue }: { topic: string; queue: string }) => `subscription/${topic}/${queue}`,
  queue: (queue: string) => `queue/${queue}`,
  deadLetters: (queue: string) => `dead-letters/${queue}`,
} as const;

/** Whether the owner of a topic is in the topology: only then the topic has a part. */
export function isOwned(topic: TopicName, { topics, services }: Topology): boolean {
  return topics[topic].owner in services;
}

/** Cells of a service in a topology. */
export function laneOf(topology: Topology, lane: ServiceName): Lane {
  const { table, queues } = topology.services[lane];
  const relay = topology.relays[lane];
  const rows = queues.flatMap((queue) => {
    const found = topology.subscriptions.filter(
      (subscription) => subscription.queue === queue && isOwned(subscription.topic, topology),
    );
    const others = found.slice(1).map((subscription) => ({ subscription, queue: undefined }));
    return [{ subscription: found[0], queue }, ...others];
  });
  const cell = (part: Part, queue: string, queueKind: DeadLetterQueue['kind']): Cell => ({
    part,
    deadLetters: { id: idOf.deadLetters(queue), kind: 'deadLetters', name: queue, lane, queueKind },
  });
  return {
    service: [{ part: { id: idOf.service(lane), kind: 'service', name: lane, lane } }],
    table: table === undefined ? [] : [{ part: { id: idOf.table(table), kind: 'table', name: table, lane } }],
    relay: relay
      ? [
          cell(
            { id: idOf.relay(lane), kind: 'relay', name: `${lane} relay`, lane, service: lane },
            relay.parkingQueue,
            'unpublishable',
          ),
        ]
      : [],
    topic: relay ? [{ part: { id: idOf.topic(relay.topic), kind: 'topic', name: relay.topic, lane } }] : [],
    subscription: rows.map(({ subscription }) => {
      if (!subscription) return undefined;
      const { topic, queue } = subscription;
      const name = `filter of ${queue} for ${topic}`;
      const part: Part = {
        id: idOf.subscription(subscription),
        kind: 'subscription',
        name,
        lane,
        topic,
        queue,
      };
      return { part };
    }),
    queue: rows.map(({ queue }) => {
      if (queue === undefined) return undefined;
      const part: Part = { id: idOf.queue(queue), kind: 'queue', name: queue, lane };
      return cell(part, topology.queues[queue].deadLetterQueue, 'givenUp');
    }),
  };
}

/**
 * Traffic of an arrow: requests, writes to a table, changes of a table, events, consumed messages, snapshot pages and requests
 * for snapshots (which bypass table and relay), or failed messages.
 */
export type Carries = 'requests' | 'writes' | 'changes' | 'events' | 'consumed' | 'snapshots' | 'failures';

/** Arrow of the picture; `from` and `to` are ids of parts, and `id` names the arrow in URLs. */
export interface Connection {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly carries: Carries;
}

/** Id of the arrow between two parts. */
export function arrowId(from: string, to: string): string {
  return `${from}/to/${to}`;
}

/** All arrows of a topology. */
export function connect(topology: Topology): Connection[] {
  const found: Connection[] = [];
  const add = (carries: Carries, from: string, to: string) =>
    void found.push({ id: arrowId(from, to), from, to, carries });
  add('requests', client.id, gateway.id);
  for (const service of keys(topology.services)) {
    const { paths, table, requests } = topology.services[service];
    if (paths.length > 0) add('requests', gateway.id, idOf.service(service));
    if (table !== undefined) add('writes', idOf.service(service), idOf.table(table));
    if (requests && isOwned(requests.topic, topology))
      add('snapshots', idOf.service(service), idOf.topic(requests.topic));
    const relay = topology.relays[service];
    if (!relay) continue;
    add('changes', idOf.table(relay.table), idOf.relay(service));
    add('events', idOf.relay(service), idOf.topic(relay.topic));
    add('failures', idOf.relay(service), idOf.deadLetters(relay.parkingQueue));
    if (relay.snapshotQueue === undefined) continue;
    add('snapshots', idOf.service(service), idOf.topic(relay.topic));
    add('snapshots', idOf.service(service), idOf.queue(relay.snapshotQueue));
  }
  for (const subscription of topology.subscriptions) {
    if (!isOwned(subscription.topic, topology)) continue;
    add('events', idOf.topic(subscription.topic), idOf.subscription(subscription));
    add('events', idOf.subscription(subscription), idOf.queue(subscription.queue));
  }
  for (const queue of keys(topology.queues)) {
    const { consumer, deadLetterQueue } = topology.queues[queue];
    add('consumed', idOf.queue(queue), idOf.service(consumer));
    add('failures', idOf.queue(queue), idOf.deadLetters(deadLetterQueue));
  }
  return found;
}
