import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { Names } from '../names.ts';

/** What a service does with its table, one item at a time: a transaction needs the actions of its parts. */
const itemActions = ['GetItem', 'BatchGetItem', 'PutItem', 'ConditionCheckItem'];

/** Product lists its whole catalog by scanning this sparse index. All others are only ever queried. */
const SCANNED_INDEX = 'byCategory';

/** What SNS, SQS and DynamoDB do with a key of ours in the name of who calls them. */
const messageKeyActions = ['Decrypt', 'GenerateDataKey'];
const tableKeyActions = [
  'DescribeKey',
  'Encrypt',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
];

const consumerActions = ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility'];

/** What the tasks of a service may do, and on what. */
export function taskGrants(service: ServiceName, names: Names, key: IKey | undefined): iam.PolicyStatement[] {
  const { table } = topology.relays[service];
  const { snapshots } = topology.services[service];
  const queues = Object.entries(topology.queues).filter(([, { consumer }]) => consumer === service);
  const indexes = Object.keys(topology.tables[table].indexes);
  const indexArns = (of: readonly string[]) => of.map((index) => names.indexArn(table, index));
  return [
    allow('dynamodb', itemActions, [names.tableArn(table)]),
    allow('dynamodb', ['Query'], indexArns(indexes)),
    ...(indexes.includes(SCANNED_INDEX) ? [allow('dynamodb', ['Scan'], indexArns([SCANNED_INDEX]))] : []),
    allow(
      'sqs',
      consumerActions,
      queues.map(([queue]) => names.queueArn(queue)),
    ),
    ...(snapshots
      ? [
          allow('sns', ['Publish'], [names.topicArn(snapshots.topic)]),
          allow('sqs', ['SendMessage'], [names.queueArn(snapshots.queue)]),
        ]
      : []),
    ...(key ? [allow('kms', [...messageKeyActions, ...tableKeyActions], [key.keyArn])] : []),
  ];
}

/** What a relay may do: read one stream, publish to one topic, park what the topic will never take. */
export function relayGrants(
  service: ServiceName,
  names: Names,
  {
    streamArn,
    failuresArn,
    logsArn,
    key,
  }: Readonly<Record<'streamArn' | 'failuresArn' | 'logsArn', string>> & { readonly key: IKey | undefined },
): iam.PolicyStatement[] {
  const { topic, parkingQueue } = topology.relays[service];
  return [
    allow('dynamodb', ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'], [streamArn]),
    allow('sns', ['Publish'], [names.topicArn(topic)]),
    allow('sqs', ['SendMessage'], [names.queueArn(parkingQueue)]),
    // Lambda itself chooses the names of what it puts below this prefix.
    allow('s3', ['PutObject'], [`${failuresArn}/aws/lambda/*`]),
    allow('s3', ['ListBucket'], [failuresArn]),
    allow('logs', ['CreateLogStream', 'PutLogEvents'], [logsArn]),
    ...(key ? [allow('kms', messageKeyActions, [key.keyArn])] : []),
  ];
}

function allow(
  service: string,
  actions: readonly string[],
  resources: readonly string[],
): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: actions.map((action) => `${service}:${action}`),
    resources: [...resources],
  });
}
