import { type QueueName, type TopicName, type Topology, topology } from '@tandem/contracts/topology';
import { usageError } from '@tandem/cli/command';

/** Destination to which a redrive sends the messages of a queue. */
export type Destination =
  | { readonly kind: 'queue'; readonly name: QueueName }
  | { readonly kind: 'topic'; readonly name: TopicName };

/** Dead-letter queue of a queue and its subscriptions, or parking queue of a relay, by its name in the topology. */
export interface Dlq {
  readonly name: string;
  /** Dead-lettered by a consumer's queue or not delivered to it by SNS, or rejected by a relay as unpublishable. */
  readonly kind: 'givenUp' | 'unpublishable';
  /** Description of the content, for people. */
  readonly what: string;
  readonly destination: Destination;
  /** Number of receives by the consumer after which SQS dead-letters a message. */
  readonly maxReceiveCount?: number;
}

/** All dead-letter and parking queues of a topology. */
export function deadLetterQueuesOf({ queues, relays }: Topology): readonly Dlq[] {
  return [
    ...Object.entries(queues).map(([name, { consumer, deadLetterQueue, maxReceiveCount }]): Dlq => ({
      name: deadLetterQueue,
      kind: 'givenUp',
      what: `dead-lettered by ${consumer}, or not delivered to it`,
      destination: { kind: 'queue', name: name as QueueName },
      maxReceiveCount,
    })),
    ...Object.entries(relays).map(([service, { topic, parkingQueue }]): Dlq => ({
      name: parkingQueue,
      kind: 'unpublishable',
      what: `unpublishable for ${service}'s relay`,
      destination: { kind: 'topic', name: topic },
    })),
  ];
}

/** All dead-letter and parking queues of the topology with all services. */
export const deadLetterQueues: readonly Dlq[] = deadLetterQueuesOf(topology);

/** The queue with this name, with or without the deployment's prefix, or the only one whose name contains it. */
export function findQueue(text: string, prefix = ''): Dlq {
  const exact = deadLetterQueues.find(({ name }) => name === text || prefix + name === text);
  if (exact) return exact;
  const names = (queues: readonly Dlq[]) => queues.map(({ name }) => name).join(', ');
  const [found, ...others] = deadLetterQueues.filter(({ name }) => text !== '' && name.includes(text));
  if (!found)
    throw usageError(`no dead-letter queue matches "${text}": use one of ${names(deadLetterQueues)}`);
  if (others.length > 0)
    throw usageError(`"${text}" matches ${names([found, ...others])}: use a longer part of the name`);
  return found;
}

/** Event types that have a subscription to a topic: SNS drops all others once they are published. */
export function subscribedTypes(topic: TopicName): ReadonlySet<string> {
  return new Set(
    topology.subscriptions
      .filter((subscription) => subscription.topic === topic)
      .flatMap(({ eventTypes }) => eventTypes),
  );
}
