import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { queueUrl, REGION } from '@tandem/emulators/messaging-config';

/** A message as it arrived. */
export interface Arrived {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

/** Takes out of queues all that is there: what was published to a topic is there once that was answered. */
export function openInbox(endpoint: string): { take(queue: string): Promise<Arrived[]>; close(): void } {
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const sqs = new SQSClient({ endpoint, region: REGION, credentials });
  return {
    async take(queue) {
      const QueueUrl = queueUrl(endpoint, queue);
      const arrived: Arrived[] = [];
      for (;;) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
        );
        if (Messages.length === 0) return arrived;
        for (const { Body = '', MessageAttributes = {} } of Messages) {
          const attributes = Object.entries(MessageAttributes).map(([name, { StringValue }]) => [
            name,
            StringValue,
          ]);
          arrived.push({ body: Body, attributes: Object.fromEntries(attributes) as Arrived['attributes'] });
        }
        const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
        await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      }
    },
    close: () => sqs.destroy(),
  };
}
