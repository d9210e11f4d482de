import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { relayOf, type ServiceName, type TableName, topology } from '@tandem/contracts/topology';
import type { Names } from '../names.ts';

/** Actions of a service on items of its table; a transaction needs the actions of its parts. */
const itemActions = ['GetItem', 'BatchGetItem', 'PutItem', 'ConditionCheckItem'];

/** Sparse index that is scanned to list a whole catalog. All other indexes are only queried. */
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

/** Permissions of the tasks of a service; none for one without a table or messages. */
export function taskGrants(service: ServiceName, names: Names, key: IKey | undefined): iam.PolicyStatement[] {
  const { table, queues } = topology.services[service];
  const relay = topology.relays[service];
  const grants = [
    ...(table ? tableGrants(table, names) : []),
    ...allow(
      'sqs',
      consumerActions,
      queues.map((queue) => names.queueArn(queue)),
    ),
    ...(relay?.snapshotQueue
      ? [
          ...allow('sns', ['Publish'], [names.topicArn(relay.topic)]),
          ...allow('sqs', ['SendMessage'], [names.queueArn(relay.snapshotQueue)]),
        ]
      : []),
  ];
  const keyActions = table ? [...messageKeyActions, ...tableKeyActions] : messageKeyActions;
  return [...grants, ...allow('kms', keyActions, key && grants.length > 0 ? [key.keyArn] : [])];
}

function tableGrants(table: TableName, names: Names): iam.PolicyStatement[] {
  const indexes = Object.keys(topology.tables[table].indexes);
  const arnsOf = (chosen: readonly string[]) => chosen.map((index) => names.indexArn(table, index));
  return [
    ...allow('dynamodb', itemActions, [names.tableArn(table)]),
    ...allow('dynamodb', ['Query'], arnsOf(indexes)),
    ...allow('dynamodb', ['Scan'], arnsOf(indexes.filter((index) => index === SCANNED_INDEX))),
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
  const { topic, parkingQueue } = relayOf(service);
  return [
    ...allow('dynamodb', ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'], [streamArn]),
    ...allow('sns', ['Publish'], [names.topicArn(topic)]),
    ...allow('sqs', ['SendMessage'], [names.queueArn(parkingQueue)]),
    // Lambda generates the object names below this prefix.
    ...allow('s3', ['PutObject'], [`${failuresArn}/aws/lambda/*`]),
    ...allow('s3', ['ListBucket'], [failuresArn]),
    ...allow('logs', ['CreateLogStream', 'PutLogEvents'], [logsArn]),
    ...allow('kms', messageKeyActions, key ? [key.keyArn] : []),
  ];
}

/** A statement, or none without resources. */
function allow(
  service: string,
  actions: readonly string[],
  resources: readonly string[],
): iam.PolicyStatement[] {
  if (resources.length === 0) return [];
  const all = actions.map((action) => `${service}:${action}`);
  return [new iam.PolicyStatement({ actions: all, resources: [...resources] })];
}
