import { ReceiveMessageCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { topology } from '@tandem/contracts/topology';
import { parseDeadLetter, requestedAttributes } from '@tandem/dlq/dead-letter';
import { deadLetterQueues } from '@tandem/dlq/queues';
import { queueUrl } from '@tandem/emulators/messaging-config';
import { depthOf } from '@tandem/emulators/queue-depth';
import { attributesOf, openClients, receiveAll } from './messaging.ts';
import { until } from './until.ts';

/** Message that a test sends or receives. */
export interface TestMessage {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Opens the queues of an endpoint, to send and receive messages. */
export function openQueues(endpoint: string) {
  const { sqs, [Symbol.dispose]: dispose } = openClients(endpoint);
  return {
    sqs,
    async send(queue: string, ...messages: readonly TestMessage[]): Promise<void> {
      for (let start = 0; start < messages.length; start += 10) {
        const Entries = messages.slice(start, start + 10).map(({ body, attributes = {} }, i) => ({
          Id: String(i),
          MessageBody: body,
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, StringValue]) => [
              name,
              { DataType: 'String', StringValue },
            ]),
          ),
        }));
        await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl(endpoint, queue), Entries }));
      }
    },
    /** Receives and deletes all visible messages. */
    async receiveAll(queue: string): Promise<readonly Required<TestMessage>[]> {
      const messages = await receiveAll(sqs, queueUrl(endpoint, queue));
      return messages.map((message) => ({ body: message.Body ?? '', attributes: attributesOf(message) }));
    },
    [Symbol.dispose]: dispose,
  };
}

/** Number of messages in a queue: visible, in flight and delayed. */
export async function depth(endpoint: string, queue: string): Promise<number> {
  using clients = openClients(endpoint);
  return await depthOf(clients.sqs, endpoint, queue);
}

/** Numbers of messages in queues; default: in those of all services. */
export async function depths(
  endpoint: string,
  queues: readonly string[] = Object.keys(topology.queues),
): Promise<readonly number[]> {
  return Promise.all(queues.map((queue) => depth(endpoint, queue)));
}

/** Resolves once queues are empty, with no message in flight; default: those of all services. */
export async function atRest(endpoint: string, queues?: readonly string[]): Promise<void> {
  await until(
    () => depths(endpoint, queues),
    (counts) => counts.every((messages) => messages === 0),
  );
}

/** Number of messages in all dead-letter and parking queues. */
export async function deadLetterCount(endpoint: string): Promise<number> {
  const counts = await depths(
    endpoint,
    deadLetterQueues.map(({ name }) => name),
  );
  return counts.reduce((sum, messages) => sum + messages, 0);
}

/** Describes some of the dead letters and parked messages, each in a line, and leaves them in their queues. */
export async function describeDeadLetters(endpoint: string): Promise<readonly string[]> {
  using clients = openClients(endpoint);
  const descriptions = deadLetterQueues.map(async ({ name: queue }) => {
    const { Messages = [] } = await clients.sqs.send(
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
  return (await Promise.all(descriptions)).flat();
}
