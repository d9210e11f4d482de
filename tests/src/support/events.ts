import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import type { TandemEvent } from '@tandem/contracts/events';
import { readEvent } from '@tandem/contracts/read-event';
import type { TopicName } from '@tandem/contracts/topology';
import { REGION, topicArn } from '@tandem/emulators/messaging-config';
import { until } from './until.ts';

const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };

/** Listener that receives the events of a topic from now on, through its own queue. */
export interface Listener {
  /** Resolves to all received events once the condition holds. */
  until(holds: (events: readonly TandemEvent[]) => boolean): Promise<readonly TandemEvent[]>;
  close(): void;
}

/** Subscribes a listener to a topic. */
export async function listen(endpoint: string, topic: TopicName): Promise<Listener> {
  const options = { endpoint, region: REGION, credentials };
  const [sns, sqs] = [new SNSClient(options), new SQSClient(options)];
  const name = `listener-of-${topic}`;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  await sns.send(
    new SubscribeCommand({
      TopicArn: topicArn(topic),
      Protocol: 'sqs',
      Endpoint: `arn:aws:sqs:${REGION}:000000000000:${name}`,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  const received: TandemEvent[] = [];
  const receive = async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return false;
    for (const { Body = '' } of Messages) {
      const result = readEvent(Body);
      if (!result.ok) throw new Error(`no event: ${Body}`);
      received.push(result.event);
    }
    const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    return true;
  };

  return {
    until: (holds) =>
      until(async () => {
        while (await receive());
        return received;
      }, holds),
    close() {
      sns.destroy();
      sqs.destroy();
    },
  };
}

/** Publishes event bodies unchanged to a topic, one after the other. */
export function publisher(endpoint: string): (topic: TopicName, ...bodies: string[]) => Promise<void> {
  const sns = new SNSClient({ endpoint, region: REGION, credentials });
  return async (topic, ...bodies) => {
    for (const body of bodies) {
      const { eventType } = JSON.parse(body) as { eventType: string };
      await sns.send(
        new PublishCommand({
          TopicArn: topicArn(topic),
          Message: body,
          MessageAttributes: { eventType: { DataType: 'String', StringValue: eventType } },
        }),
      );
    }
  };
}
