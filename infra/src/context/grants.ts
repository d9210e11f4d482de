import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  directTopicOf,
  relayOf,
  type ServiceName,
  type TableName,
  topology,
} from '@tandem/contracts/topology';
import type { Names } from '../names.ts';

/** Actions of a service on items of its table; a transaction needs the actions of its parts. */
const itemActions = ['GetItem', 'BatchGetItem', 'PutItem'];
/** The same for transactions that check items which they do not write: those of services that decide and publish. */
const checkActions = ['ConditionCheckItem'];

/** Sparse index that is scanned to list a whole catalog. All other indexes are only queried. */
const SCANNED_INDEX = 'byCategory';

/** Actions of Lambda on the log group of a function. */
const logActions = ['CreateLogStream', 'PutLogEvents'];

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
/** Actions of the pollers of Lambda, which use the role of the function. */
const pollerActions = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];

/** Permissions of the tasks of a service; none for one without a table or messages. */
export function taskGrants(service: ServiceName, names: Names, key: IKey | undefined): iam.PolicyStatement[] {
  return serviceGrants(service, names, { queueActions: consumerActions, key });
}

/** Permissions of the functions of a service: those of its tasks, except that Lambda polls the queues, and those of their logs. */
export function functionGrants(
  service: ServiceName,
  names: Names,
  { logArns, key }: { readonly logArns: readonly string[]; readonly key: IKey | undefined },
): iam.PolicyStatement[] {
  return [
    ...serviceGrants(service, names, { queueActions: pollerActions, key }),
    ...allow('logs', logActions, logArns),
  ];
}

function serviceGrants(
  service: ServiceName,
  names: Names,
  { queueActions, key }: { readonly queueActions: readonly string[]; readonly key: IKey | undefined },
): iam.PolicyStatement[] {
  const { table, queues } = topology.services[service];
  const directTopic = directTopicOf(service);
  const snapshotQueue = topology.relays[service]?.snapshotQueue;
  const grants = [
    ...(table ? tableGrants(table, names, topology.relays[service] !== undefined) : []),
    ...allow(
      'sqs',
      queueActions,
      queues.map((queue) => names.queueArn(queue)),
    ),
    ...allow('sns', ['Publish'], directTopic ? [names.topicArn(directTopic)] : []),
    ...allow('sqs', ['SendMessage'], snapshotQueue ? [names.queueArn(snapshotQueue)] : []),
  ];
  const keyActions = table ? [...messageKeyActions, ...tableKeyActions] : messageKeyActions;
  return [...grants, ...allow('kms', keyActions, key && grants.length > 0 ? [key.keyArn] : [])];
}

function tableGrants(table: TableName, names: Names, isPublisher: boolean): iam.PolicyStatement[] {
  const indexes = Object.keys(topology.tables[table].indexes);
  const arnsOf = (chosen: readonly string[]) => chosen.map((index) => names.indexArn(table, index));
  return [
    ...allow('dynamodb', isPublisher ? [...itemActions, ...checkActions] : itemActions, [
      names.tableArn(table),
    ]),
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
    // ListStreams has no resource type in AWS's service authorization reference, and "*" would let a relay list all streams. Lambda
    // checks all four actions when a mapping is created, and AWS's own example grants them on a stream.
    ...allow('dynamodb', ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'], [streamArn]),
    ...allow('sns', ['Publish'], [names.topicArn(topic)]),
    ...allow('sqs', ['SendMessage'], [names.queueArn(parkingQueue)]),
    // Lambda generates the object names below this prefix.
    ...allow('s3', ['PutObject'], [`${failuresArn}/aws/lambda/*`]),
    ...allow('s3', ['ListBucket'], [failuresArn]),
    ...allow('logs', logActions, [logsArn]),
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
