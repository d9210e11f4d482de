import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { RunsAs } from '@tandem/contracts/topology-types';
import { type ServiceName, type TopicName, topology } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { Names } from '../names.ts';
import { VISIBILITY_TIMEOUT } from './function-limits.ts';

/** Maximum of SQS. A dead letter keeps its original timestamp, so that the retention must exceed that of its source queue. */
const FAILURE_RETENTION = Duration.days(14);
const RETENTION = Duration.days(4);

export interface QueuesProps {
  readonly names: Names;
  readonly key: IKey | undefined;
}

/** Creates the queues that a service consumes, with dead-letter queues and subscriptions to the topics of other contexts. */
export function createQueues(
  scope: Construct,
  service: ServiceName,
  { runsAs, ...props }: QueuesProps & { readonly runsAs: RunsAs },
): sqs.Queue[] {
  const { names } = props;
  return topology.services[service].queues.map((name) => {
    const { deadLetterQueue, maxReceiveCount, visibilityTimeout } = topology.queues[name];
    const deadLetters = createFailureQueue(scope, deadLetterQueue, props, names.queueArn(name));
    const queue = new sqs.Queue(scope, name, {
      ...common(names.of(name), props.key),
      visibilityTimeout: runsAs === 'function' ? VISIBILITY_TIMEOUT : Duration.seconds(visibilityTimeout),
      retentionPeriod: RETENTION,
      deadLetterQueue: { queue: deadLetters, maxReceiveCount },
    });
    for (const subscription of topology.subscriptions.filter(
      ({ queue: subscribed }) => subscribed === name,
    )) {
      topicNamed(scope, subscription.topic, names).addSubscription(
        new SqsSubscription(queue, {
          rawMessageDelivery: true,
          filterPolicy: {
            eventType: sns.SubscriptionFilter.stringFilter({ allowlist: [...subscription.eventTypes] }),
          },
          deadLetterQueue: deadLetters,
        }),
      );
    }
    return queue;
  });
}

/** The topic of that name, which several queues of a stack can subscribe to. */
function topicNamed(scope: Construct, name: TopicName, names: Names): sns.ITopic {
  const imported = scope.node.tryFindChild(name) as sns.ITopic | undefined;
  return imported ?? sns.Topic.fromTopicArn(scope, name, names.topicArn(name));
}

/** Creates a queue for failed messages, which operators handle. `source`: the ARN of the queue that may dead-letter to it, if any. */
export function createFailureQueue(
  scope: Construct,
  name: string,
  { names, key }: QueuesProps,
  source?: string,
): sqs.Queue {
  const queue = new sqs.Queue(scope, name, {
    ...common(names.of(name), key),
    retentionPeriod: FAILURE_RETENTION,
  });
  if (source !== undefined) {
    // By ARN: the source queue itself refers to this one.
    (queue.node.defaultChild as sqs.CfnQueue).redriveAllowPolicy = {
      redrivePermission: 'byQueue',
      sourceQueueArns: [source],
    };
  }
  acknowledge(queue, {
    'AwsSolutions-SQS3': 'it is itself a queue for failed messages; an alarm watches it',
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
