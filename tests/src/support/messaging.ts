import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import type { TopicName } from '@tandem/contracts/topology';
import { queueUrl, REGION, topicArn } from '@tandem/emulators/messaging-config';
import { startEmulator } from '@tandem/emulators/messaging';

/** Starts SNS and SQS without a service, with all messages in memory. */
export async function startMessaging(): Promise<{ readonly endpoint: string } & AsyncDisposable> {
  const emulator = await startEmulator({ host: '127.0.0.1', port: 0, directory: undefined });
  return { endpoint: emulator.endpoint, [Symbol.asyncDispose]: () => emulator.stop() };
}

/** Options of clients of an emulator, which accepts any credentials. */
export function clientOptions(endpoint: string) {
  return { endpoint, region: REGION, credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };
}

/** Opens clients of SNS and SQS. */
export function openClients(
  endpoint: string,
): { readonly sns: SNSClient; readonly sqs: SQSClient } & Disposable {
  const options = clientOptions(endpoint);
  const [sns, sqs] = [new SNSClient(options), new SQSClient(options)];
  return {
    sns,
    sqs,
    [Symbol.dispose]() {
      sns.destroy();
      sqs.destroy();
    },
  };
}

/** Receives all visible messages of a queue, with all their attributes; each batch is deleted after `handle` has returned. */
export async function receiveEach(
  sqs: Pick<SQSClient, 'send'>,
  options: Pick<ReceiveMessageCommandInput, 'QueueUrl' | 'VisibilityTimeout'>,
  handle: (message: Message) => void,
): Promise<void> {
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        ...options,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return;
    Messages.forEach(handle);
    const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: options.QueueUrl, Entries }));
  }
}

/** Receives and deletes all visible messages of a queue. An error loses those received before: see receiveEach. */
export async function receiveAll(sqs: SQSClient, QueueUrl: string): Promise<readonly Message[]> {
  const received: Message[] = [];
  await receiveEach(sqs, { QueueUrl }, (message) => received.push(message));
  return received;
}

/** Values of message attributes by name. */
export function attributesOf({ MessageAttributes = {} }: Message): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [name, StringValue]),
  );
}

/** Creates a queue, and subscribes it to topics; default: to all event types. */
export async function subscribe(
  endpoint: string,
  queue: string,
  topics: readonly TopicName[],
  eventTypes?: readonly string[],
): Promise<{ receiveAll(): Promise<readonly Message[]> } & Disposable> {
  const { sns, sqs, [Symbol.dispose]: dispose } = openClients(endpoint);
  await sqs.send(new CreateQueueCommand({ QueueName: queue }));
  for (const topic of topics) {
    await sns.send(
      new SubscribeCommand({
        TopicArn: topicArn(topic),
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:${REGION}:000000000000:${queue}`,
        Attributes: {
          RawMessageDelivery: 'true',
          ...(eventTypes && { FilterPolicy: JSON.stringify({ eventType: eventTypes }) }),
        },
      }),
    );
  }
  return { receiveAll: () => receiveAll(sqs, queueUrl(endpoint, queue)), [Symbol.dispose]: dispose };
}
