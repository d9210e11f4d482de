import { SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { callTimeouts } from '@tandem/chassis/aws';
import { topology } from '@tandem/contracts/topology';
import { queueUrl, REGION, topicArn } from '@tandem/emulators/messaging-config';
import { ask } from './ask.ts';

/** A deployment: how to reach it, and what its queues and topics are called there. */
export interface Place {
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly queueUrl: (queue: string) => Promise<string>;
  readonly topicArn: (topic: string) => Promise<string>;
  readonly clock: Clock;
  /**
   * How long a receive waits for messages. SQS asks all of its servers only if that is a second or more, and may else say
   * that there is none; an emulator knows at once.
   */
  readonly waitSeconds: number;
}

/** The clock that SQS gives a message its time by. */
export interface Clock {
  /** Never ahead of it. */
  now(): number;
  /** By how much it may be behind. */
  readonly errorMs: number;
}

/** SNS and SQS of a local system. */
export function localPlace(endpoint: string): Place & Disposable {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const config = { endpoint, region: REGION, credentials, requestHandler: callTimeouts };
  return {
    ...clients(new SQSClient(config), new SNSClient(config)),
    queueUrl: async (queue) => queueUrl(endpoint, queue),
    topicArn: async (topic) => topicArn(topic),
    clock: { now: () => Date.now(), errorMs: 0 },
    waitSeconds: 0,
  };
}

/** Those of a deployment on AWS, by the SDK's own credentials; `region` unless the environment names one. */
export function awsPlace({
  region,
  prefix = '',
}: {
  readonly region?: string | undefined;
  readonly prefix?: string | undefined;
}): Place & Disposable {
  const config = { requestHandler: callTimeouts, ...(region === undefined ? {} : { region }) };
  // Else a call goes to the host in the queue's URL, whatever the environment says of endpoints.
  const sqsConfig = { ...config, useQueueUrlAsEndpoint: false };
  const { sqs, sns, [Symbol.dispose]: dispose } = clients(new SQSClient(sqsConfig), new SNSClient(config));
  const urls = new Map<string, Promise<string>>();
  const urlOf = async (queue: string) => {
    const QueueName = prefix + queue;
    const { QueueUrl } = await ask(
      'sqs:GetQueueUrl',
      QueueName,
      sqs.send(new GetQueueUrlCommand({ QueueName })),
    );
    return QueueUrl ?? '';
  };
  const queueUrl = (queue: string) => {
    const url = urls.get(queue) ?? urlOf(queue);
    urls.set(queue, url);
    return url;
  };
  return {
    sqs,
    sns,
    [Symbol.dispose]: dispose,
    queueUrl,
    waitSeconds: 1,
    // The SDK knows AWS's clock by the dates of its answers, which are whole seconds.
    clock: { now: () => Date.now() + sqs.config.systemClockOffset, errorMs: 1_200 },
    /** The ARN of a queue of the same deployment says partition, region and account. */
    async topicArn(topic) {
      const queue =
        topology.relays[topology.topics[topic as keyof typeof topology.topics].owner].parkingQueue;
      const command = new GetQueueAttributesCommand({
        QueueUrl: await queueUrl(queue),
        AttributeNames: ['QueueArn'],
      });
      const { Attributes } = await ask('sqs:GetQueueAttributes', prefix + queue, sqs.send(command));
      const [arn, partition, , ...rest] = (Attributes?.QueueArn ?? '').split(':');
      return [arn, partition, 'sns', ...rest.slice(0, 2), prefix + topic].join(':');
    },
  };
}

function clients(sqs: SQSClient, sns: SNSClient) {
  return {
    sqs,
    sns,
    [Symbol.dispose]() {
      sqs.destroy();
      sns.destroy();
    },
  };
}
