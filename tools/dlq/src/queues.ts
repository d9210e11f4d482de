import { type QueueName, type TopicName, topology } from '@tandem/contracts/topology';
import { usageError } from '@tandem/cli/command';

/** Where a redrive sends the messages of a queue. */
export type Destination =
  | { readonly kind: 'queue'; readonly name: QueueName }
  | { readonly kind: 'topic'; readonly name: TopicName };

/** A queue that keeps what went wrong, by its name in the topology. */
export interface KeepingQueue {
  readonly name: string;
  /** Given up by a consumer, not delivered by SNS, or never publishable for a relay. */
  readonly kind: 'givenUp' | 'undelivered' | 'unpublishable';
  /** The same for people. */
  readonly what: string;
  readonly destination: Destination;
  /** How often the consumer received a message before its queue gave it up. */
  readonly maxReceiveCount?: number;
}

/** Every queue that keeps what went wrong. */
export const keepingQueues: readonly KeepingQueue[] = [
  ...Object.entries(topology.queues).map(
    ([name, { consumer, deadLetterQueue, maxReceiveCount }]): KeepingQueue => ({
      name: deadLetterQueue,
      kind: 'givenUp',
      what: `given up by ${consumer}`,
      destination: { kind: 'queue', name: name as QueueName },
      maxReceiveCount,
    }),
  ),
  ...topology.subscriptions.map(({ queue, deadLetterQueue }): KeepingQueue => ({
    name: deadLetterQueue,
    kind: 'undelivered',
    what: 'not delivered by SNS',
    destination: { kind: 'queue', name: queue },
  })),
  ...Object.entries(topology.relays).map(([service, { topic, parkingQueue }]): KeepingQueue => ({
    name: parkingQueue,
    kind: 'unpublishable',
    what: `never publishable for ${service}'s relay`,
    destination: { kind: 'topic', name: topic },
  })),
];

/** The queue of that name, with or without the deployment's prefix, or the only one with that part in its name. */
export function findQueue(text: string, prefix = ''): KeepingQueue {
  const exact = keepingQueues.find(({ name }) => name === text || prefix + name === text);
  if (exact) return exact;
  const names = (queues: readonly KeepingQueue[]) => queues.map(({ name }) => name).join(', ');
  const [found, ...others] = keepingQueues.filter(({ name }) => text !== '' && name.includes(text));
  if (!found)
    throw usageError(`no queue of dead letters is called "${text}": there are ${names(keepingQueues)}`);
  if (others.length > 0) throw usageError(`"${text}" may be ${names([found, ...others])}: say more of it`);
  return found;
}

/** The types of event that somebody gets from a topic: all others are gone once they are published. */
export function heardTypes(topic: TopicName): ReadonlySet<string> {
  return new Set(
    topology.subscriptions.filter((it) => it.topic === topic).flatMap(({ eventTypes }) => eventTypes),
  );
}
