import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { topology } from '@tandem/contracts/topology';
import { queueUrl } from '@tandem/local/messaging/config';
import { until } from './until.ts';

/** Messages of a queue: to be received, received and not yet deleted, delayed. */
export async function depth(endpoint: string, queue: string): Promise<number> {
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials });
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl(endpoint, queue), AttributeNames: ['All'] }),
  );
  sqs.destroy();
  return [
    Attributes.ApproximateNumberOfMessages,
    Attributes.ApproximateNumberOfMessagesNotVisible,
    Attributes.ApproximateNumberOfMessagesDelayed,
  ].reduce((sum, count) => sum + Number(count ?? 0), 0);
}

/** Resolves once no message waits or is being worked on in the services' queues. */
export async function atRest(endpoint: string): Promise<void> {
  const queues = Object.keys(topology.queues);
  await until(
    async () => Promise.all(queues.map(async (queue) => depth(endpoint, queue))),
    (depths) => depths.every((messages) => messages === 0),
  );
}

/** How many messages were given up or parked, over all queues for such. */
export async function deadLetters(endpoint: string): Promise<number> {
  const queues = [
    ...Object.values(topology.queues).map(({ deadLetterQueue }) => deadLetterQueue),
    ...topology.subscriptions.map(({ deadLetterQueue }) => deadLetterQueue),
    ...Object.values(topology.relays).map(({ parkingQueue }) => parkingQueue),
  ];
  const depths = await Promise.all(queues.map(async (queue) => depth(endpoint, queue)));
  return depths.reduce((sum, messages) => sum + messages, 0);
}
