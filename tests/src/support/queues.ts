import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { topology } from '@tandem/contracts/topology';
import { letterOf, wantedAttributes } from '@tandem/dlq/letter';
import { keepingQueues } from '@tandem/dlq/queues';
import { queueUrl } from '@tandem/emulators/messaging-config';
import { depthOf } from '@tandem/emulators/queue-depth';
import { until } from './until.ts';

/** Messages of a queue: to be received, received and not yet deleted, delayed. */
export async function depth(endpoint: string, queue: string): Promise<number> {
  using sqs = clientOf(endpoint);
  return await depthOf(sqs, endpoint, queue);
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
  const depths = await Promise.all(keepingQueues.map(async ({ name }) => depth(endpoint, name)));
  return depths.reduce((sum, messages) => sum + messages, 0);
}

/** Some of the messages that were given up or parked, each in a line; they stay where they are. */
export async function describeDeadLetters(endpoint: string): Promise<readonly string[]> {
  using sqs = clientOf(endpoint);
  const found = keepingQueues.map(async ({ name: queue }) => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl(endpoint, queue),
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
        MessageAttributeNames: [...wantedAttributes.MessageAttributeNames],
        MessageSystemAttributeNames: [...wantedAttributes.MessageSystemAttributeNames],
      }),
    );
    return Messages.map(letterOf).map(
      ({ eventType, eventId, receives, parkedBecause = '', body }) =>
        `${queue}: ${eventType} ${eventId}, received ${receives} times ${parkedBecause} ${body}`,
    );
  });
  return (await Promise.all(found)).flat();
}

function clientOf(endpoint: string): SQSClient & Disposable {
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials });
  return Object.assign(sqs, { [Symbol.dispose]: () => sqs.destroy() });
}
