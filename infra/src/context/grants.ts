import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { Names } from '../names.ts';

/** Actions of a service on items of its table; a transaction needs the actions of its parts. */
const itemActions = ['GetItem', 'BatchGetItem', 'PutItem', 'ConditionCheckItem'];

/** Sparse index that Product scans to list its whole catalog. All other indexes are only queried. */
const SCANNED_INDEX = 'byCategory';

/** Actions that SNS, SQS and DynamoDB perform with a customer managed key on behalf of the caller. */
const messageKeyActions = ['Decrypt', 'GenerateDataKey'];
const tableKeyActions = [
  'DescribeKey',
  'Encrypt',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
];

const consumerActions = ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility'];

/** Permissions of the tasks of a service. */
export function taskGrants(service: ServiceName, names: Names, key: IKey | undefined): iam.PolicyStatement[] {
  const { table } = topology.relays[service];
  const { snapshots } = topology.services[service];
  const queues = Object.entries(topology.queues).filter(([, { consumer }]) => consumer === service);
  const indexes = Object.keys(topology.tables[table].indexes);
  const indexArns = (chosen: readonly string[]) => chosen.map((index) => names.indexArn(table, index));
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

/** Permissions of a relay: read one stream, publish to one topic, park events that the topic rejects. */
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
    // Lambda generates the object names below this prefix.
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
