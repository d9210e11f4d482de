import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { topology } from '@tandem/contracts/topology';
import { parseDeadLetter, requestedAttributes } from '@tandem/dlq/dead-letter';
import { deadLetterQueues } from '@tandem/dlq/queues';
import { queueUrl } from '@tandem/emulators/messaging-config';
import { depthOf } from '@tandem/emulators/queue-depth';
import { until } from './until.ts';

/** Number of messages in a queue: visible, in flight and delayed. */
export async function depth(endpoint: string, queue: string): Promise<number> {
  using sqs = clientOf(endpoint);
  return await depthOf(sqs, endpoint, queue);
}

/** Resolves once the services' queues are empty, with no message in flight. */
export async function atRest(endpoint: string): Promise<void> {
  const queues = Object.keys(topology.queues);
  await until(
    async () => Promise.all(queues.map(async (queue) => depth(endpoint, queue))),
    (depths) => depths.every((messages) => messages === 0),
  );
}

/** Number of messages in all dead-letter and parking queues. */
export async function deadLetters(endpoint: string): Promise<number> {
  const depths = await Promise.all(deadLetterQueues.map(async ({ name }) => depth(endpoint, name)));
  return depths.reduce((sum, messages) => sum + messages, 0);
}

/** Describes some of the dead letters and parked messages, each in a line, and leaves them in their queues. */
export async function describeDeadLetters(endpoint: string): Promise<readonly string[]> {
  using sqs = clientOf(endpoint);
  const found = deadLetterQueues.map(async ({ name: queue }) => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl(endpoint, queue),
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
        MessageAttributeNames: [...requestedAttributes.MessageAttributeNames],
        MessageSystemAttributeNames: [...requestedAttributes.MessageSystemAttributeNames],
      }),
    );
    return Messages.map(parseDeadLetter).map(
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
