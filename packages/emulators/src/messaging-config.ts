import { type Topology, topology } from '@tandem/contracts/topology';
import type { FauxqsInitConfig } from 'fauxqs';

/** Region of local ARNs. */
export const REGION = 'us-east-1';
const ACCOUNT = '000000000000';

/** SQS's longest retention: the age of a dead letter counts from its first send, so its queue must retain it for longer. */
const FOURTEEN_DAYS = String(14 * 24 * 60 * 60);

export function topicArn(name: string): string {
  return `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`;
}

export function queueUrl(endpoint: string, name: string): string {
  return `${endpoint}/${ACCOUNT}/${name}`;
}

function queueArn(name: string): string {
  return `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
}

/** The topics, queues and subscriptions of a system, with their attributes as SNS and SQS name them. */
export function messagingResources({ topics, queues, subscriptions, relays }: Topology = topology) {
  const deadLetterQueues = [
    ...Object.values(queues).map(({ deadLetterQueue }) => deadLetterQueue),
    ...Object.values(relays).map(({ parkingQueue }) => parkingQueue),
  ];
  return {
    topics: Object.keys(topics).map((name) => ({ name })),
    queues: [
      ...deadLetterQueues.map((name) => ({ name, attributes: { MessageRetentionPeriod: FOURTEEN_DAYS } })),
      ...Object.entries(queues).map(([name, { deadLetterQueue, maxReceiveCount, visibilityTimeout }]) => ({
        name,
        attributes: {
          VisibilityTimeout: String(visibilityTimeout),
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn(deadLetterQueue), maxReceiveCount }),
        },
      })),
    ],
    subscriptions: subscriptions.map(({ topic, queue, eventTypes }) => ({
      topic,
      queue,
      attributes: {
        RawMessageDelivery: 'true',
        FilterPolicy: JSON.stringify({ eventType: eventTypes }),
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn(queues[queue].deadLetterQueue) }),
      },
    })),
  } satisfies FauxqsInitConfig;
}
