import type { SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { callTimeouts } from '@tandem/chassis/aws';
import type { AwsDeployment } from '@tandem/cli/target';
import { relayOf, type TopicName, topology } from '@tandem/contracts/topology';
import { createClients, localConfig } from '@tandem/emulators/clients';
import { queueUrl, topicArn } from '@tandem/emulators/messaging-config';
import { callAws } from './call-aws.ts';

/** Deployment that a tool works on: its clients, and the names of its queues and topics. */
export interface Target {
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly queueUrl: (queue: string) => Promise<string>;
  readonly topicArn: (topic: TopicName) => Promise<string>;
  readonly clock: Clock;
  /**
   * How long a receive waits for messages. SQS polls all of its servers only if this is a second or more (long polling), and
   * may otherwise miss messages; an emulator never does.
   */
  readonly waitSeconds: number;
}

/** Clock from which SQS timestamps messages. */
export interface Clock {
  /** Milliseconds since the epoch, never ahead of that clock. */
  now(): number;
  /** Maximum lag behind that clock, in milliseconds. */
  readonly errorMs: number;
}

/** SNS and SQS of a local system. */
export function localTarget(endpoint: string): Target & Disposable {
  return {
    ...createClients({ ...localConfig(endpoint), requestHandler: callTimeouts }),
    queueUrl: async (queue) => queueUrl(endpoint, queue),
    topicArn: async (topic) => topicArn(topic),
    clock: { now: () => Date.now(), errorMs: 0 },
    waitSeconds: 0,
  };
}

/** SNS and SQS of a deployment on AWS, with the SDK's own credentials. `region` defaults to the environment's. */
export function awsTarget({ region, prefix }: AwsDeployment): Target & Disposable {
  const clients = createClients({ requestHandler: callTimeouts, ...(region !== undefined && { region }) });
  const { sqs } = clients;
  const urls = new Map<string, Promise<string>>();
  const urlOf = async (queue: string) => {
    const QueueName = prefix + queue;
    const call = sqs.send(new GetQueueUrlCommand({ QueueName }));
    return (await callAws('sqs:GetQueueUrl', QueueName, call)).QueueUrl ?? '';
  };
  const queueUrl = (queue: string) => {
    const url = urls.get(queue) ?? urlOf(queue);
    urls.set(queue, url);
    return url;
  };
  return {
    ...clients,
    queueUrl,
    waitSeconds: 1,
    // The SDK derives AWS's clock from the dates of responses, which are whole seconds.
    clock: { now: () => Date.now() + sqs.config.systemClockOffset, errorMs: 1_200 },
    /** Derives partition, region and account from the ARN of a queue of the same deployment. */
    async topicArn(topic) {
      const queue = relayOf(topology.topics[topic].owner).parkingQueue;
      const command = new GetQueueAttributesCommand({
        QueueUrl: await queueUrl(queue),
        AttributeNames: ['QueueArn'],
      });
      const { Attributes } = await callAws('sqs:GetQueueAttributes', prefix + queue, sqs.send(command));
      const [arn, partition, , ...rest] = (Attributes?.QueueArn ?? '').split(':');
      return [arn, partition, 'sns', ...rest.slice(0, 2), prefix + topic].join(':');
    },
  };
}
