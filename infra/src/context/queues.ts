import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { Names } from '../names.ts';

/** SQS's longest: a dead letter keeps the time of its first sending, so that it must be kept longer than its queue does. */
const KEPT = Duration.days(14);
const RETENTION = Duration.days(4);

export interface QueuesProps {
  readonly names: Names;
  readonly key: IKey | undefined;
}

/** The queues that a service consumes, each with its dead-letter queue, subscribed to the topics of the other context. */
export function createQueues(scope: Construct, service: ServiceName, props: QueuesProps): sqs.Queue[] {
  const { names } = props;
  const consumed = Object.entries(topology.queues).filter(([, { consumer }]) => consumer === service);
  return consumed.map(([name, { deadLetterQueue, maxReceiveCount, visibilityTimeout }]) => {
    const deadLetters = keepingQueue(scope, deadLetterQueue, props, names.queueArn(name));
    const queue = new sqs.Queue(scope, name, {
      ...common(names.of(name), props.key),
      visibilityTimeout: Duration.seconds(visibilityTimeout),
      retentionPeriod: RETENTION,
      deadLetterQueue: { queue: deadLetters, maxReceiveCount },
    });
    for (const subscription of topology.subscriptions.filter((it) => it.queue === name)) {
      const topic = sns.Topic.fromTopicArn(scope, subscription.topic, names.topicArn(subscription.topic));
      topic.addSubscription(
        new SqsSubscription(queue, {
          rawMessageDelivery: true,
          filterPolicy: {
            eventType: sns.SubscriptionFilter.stringFilter({ allowlist: [...subscription.eventTypes] }),
          },
          deadLetterQueue: keepingQueue(scope, subscription.deadLetterQueue, props),
        }),
      );
    }
    return queue;
  });
}

/** A queue for what somebody has to look at. `source` is the queue that may give up messages to it, if one does. */
export function keepingQueue(
  scope: Construct,
  name: string,
  { names, key }: QueuesProps,
  source?: string,
): sqs.Queue {
  const queue = new sqs.Queue(scope, name, {
    ...common(names.of(name), key),
    retentionPeriod: KEPT,
  });
  if (source !== undefined) {
    // By its name: the queue itself names this one.
    (queue.node.defaultChild as sqs.CfnQueue).redriveAllowPolicy = {
      redrivePermission: 'byQueue',
      sourceQueueArns: [source],
    };
  }
  acknowledge(queue, {
    'AwsSolutions-SQS3': 'it is where failed messages end: behind it there is only the alarm',
  });
  return queue;
}

function common(queueName: string, key: IKey | undefined): sqs.QueueProps {
  return {
    queueName,
    enforceSSL: true,
    encryption: key ? sqs.QueueEncryption.KMS : sqs.QueueEncryption.SQS_MANAGED,
    ...(key ? { encryptionMasterKey: key } : {}),
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  };
}
