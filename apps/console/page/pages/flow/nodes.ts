import type { QueueName, ServiceName, TableName, TopicName, Topology } from '@tandem/contracts/topology';
import type { DeadLetterQueue } from '../../../server/protocol.ts';
import { keys } from '../../parts/keys.ts';

/** Part of the system in the picture; `id` also names it in URLs. */
export type Part = { readonly id: string; readonly name: string; readonly lane?: ServiceName } & (
  | { readonly kind: 'client' | 'gateway' }
  | { readonly kind: 'service' | 'relay'; readonly service: ServiceName }
  | { readonly kind: 'table'; readonly table: TableName }
  | { readonly kind: 'topic'; readonly topic: TopicName }
  | { readonly kind: 'subscription'; readonly topic: TopicName; readonly queue: QueueName }
  | { readonly kind: 'queue'; readonly queue: QueueName }
  | { readonly kind: 'deadLetters'; readonly queue: string; readonly queueKind: DeadLetterQueue['kind'] }
);

/** Part with its dead-letter queue. */
export interface Cell {
  readonly part: Part;
  readonly deadLetters?: Part;
}

/** Parts that a service owns and consumes, in the order of the event flow; one row per subscription of a queue. */
export interface Lane {
  readonly service: ServiceName;
  readonly columns: Readonly<
    Record<'service' | 'table' | 'relay' | 'topic' | 'subscription' | 'queue', readonly (Cell | undefined)[]>
  >;
}

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

/** Lanes of the services of a topology, in order. */
export function lanesOf(topology: Topology): Lane[] {
  return keys(topology.services).map((service) => laneOf(topology, service));
}

function laneOf(topology: Topology, lane: ServiceName): Lane {
  const { table, queues } = topology.services[lane];
  const relay = topology.relays[lane];
  const deadLettersOf = (queue: string, queueKind: DeadLetterQueue['kind']): Part => ({
    id: idOf.deadLetters(queue),
    kind: 'deadLetters',
    name: queue,
    lane,
    queue,
    queueKind,
  });
  const consumed = queues.map((queue) => ({
    queue,
    subscriptions: topology.subscriptions.filter((subscription) => subscription.queue === queue),
  }));
  return {
    service: lane,
    columns: {
      service: [{ part: { id: idOf.service(lane), kind: 'service', name: lane, lane, service: lane } }],
      table:
        table === undefined
          ? []
          : [{ part: { id: idOf.table(table), kind: 'table', name: table, lane, table } }],
      relay: relay
        ? [
            {
              part: { id: idOf.relay(lane), kind: 'relay', name: `${lane} relay`, lane, service: lane },
              deadLetters: deadLettersOf(relay.parkingQueue, 'unpublishable'),
            },
          ]
        : [],
      topic: relay
        ? [
            {
              part: {
                id: idOf.topic(relay.topic),
                kind: 'topic',
                name: relay.topic,
                lane,
                topic: relay.topic,
              },
            },
          ]
        : [],
      subscription: consumed.flatMap(({ subscriptions }) =>
        subscriptions.length === 0
          ? [undefined]
          : subscriptions.map(({ topic, queue, deadLetterQueue }) => ({
              part: {
                id: idOf.subscription({ topic, queue }),
                kind: 'subscription' as const,
                name: `subscription of ${queue} to ${topic}`,
                lane,
                topic,
                queue,
              },
              deadLetters: deadLettersOf(deadLetterQueue, 'undelivered'),
            })),
      ),
      queue: consumed.flatMap(({ queue, subscriptions }) => [
        {
          part: { id: idOf.queue(queue), kind: 'queue' as const, name: queue, lane, queue },
          deadLetters: deadLettersOf(topology.queues[queue].deadLetterQueue, 'givenUp'),
        },
        ...subscriptions.slice(1).map(() => undefined),
      ]),
    },
  };
}
