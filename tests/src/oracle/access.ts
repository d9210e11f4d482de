import { type Principal, type QueueName, type TableName, topology } from '@tandem/contracts/topology';
import recorded from '../../../infra/aws-calls.json' with { type: 'json' };
import { grantedUnused } from '../../../infra/granted-unused.ts';
import { AwsError, type Call, type Credentials, isDenial } from './aws-calls.ts';
import { PREFIX } from './deployment.ts';
import { ACCOUNT, REGION } from './ministack.ts';

/** A call that has no effect, even where it is allowed. */
export interface Probe {
  readonly action: string;
  /** ARN after the account, without the prefix of the stage. */
  readonly resource: string;
  readonly request: readonly [service: string, operation: string, params: Readonly<Record<string, unknown>>];
}

const key = { pk: { S: 'oracle#probe' } };
const never = { ConditionExpression: 'attribute_exists(pk)' };

/**
 * Calls of every action that a principal of the system has on a table, topic or queue, and of some that none has, on every such resource.
 * Streams are left out: MiniStack checks their calls on all resources, and so denies them to everybody.
 */
export function probes(): readonly Probe[] {
  const tables = Object.keys(topology.tables) as TableName[];
  return [
    ...tables.flatMap(tableProbes),
    ...Object.keys(topology.topics).map(topicProbe),
    ...Object.keys(topology.queues).flatMap((queue) => queueProbes(queue as QueueName)),
    ...Object.values(topology.relays).flatMap(({ parkingQueue }) => sendAndReceive(parkingQueue)),
    { action: 'sqs:ListQueues', resource: '*', request: ['sqs', 'ListQueues', {}] },
    { action: 'dynamodb:ListTables', resource: '*', request: ['dynamodb', 'ListTables', {}] },
    { action: 'iam:ListRoles', resource: '*', request: ['iam', 'ListRoles', {}] },
  ];
}

/** Whether a principal is meant to have access: the code was seen to call it, or AWS does so in its name. */
export function isGranted(principal: Principal, { action, resource }: Probe): boolean {
  const calls: Readonly<Record<string, readonly string[]>> = recorded[principal as keyof typeof recorded];
  if (calls[action]?.includes(resource)) return true;
  return grantedUnused.some(
    (grant) =>
      grant.principal === principal && grant.actions.includes(action) && grant.resource.test(resource),
  );
}

/** Calls a probe, and resolves to whether IAM allowed it, whatever the service then said. Rejects if the emulator failed. */
export async function isAllowed(call: Call, { request }: Probe, credentials: Credentials): Promise<boolean> {
  const [service, operation, params] = request;
  try {
    await call(service, operation, params, credentials);
    return true;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (isDenial(error)) return false;
    if (HARMLESS.test(error.code)) return true;
    throw error;
  }
}

/** What the services say to calls that were allowed, and are meant to change nothing. */
const HARMLESS =
  /^(?:ConditionalCheckFailedException|TransactionCanceledException|ReceiptHandleIsInvalid|InvalidParameterValue|InvalidAttributeValue)/;

function tableProbes(table: TableName): Probe[] {
  const TableName = PREFIX + table;
  const item = { TableName, Key: key };
  const own = `table/${table}`;
  const probe = (action: string, params: Probe['request'][2], operation = action): Probe => ({
    action: `dynamodb:${action}`,
    resource: own,
    request: ['dynamodb', operation, params],
  });
  const within = (action: string, part: string, params: object) =>
    probe(action, { TransactItems: [{ [part]: { TableName, ...params } }] }, 'TransactWriteItems');
  return [
    probe('GetItem', item),
    probe('BatchGetItem', { RequestItems: { [TableName]: { Keys: [key] } } }),
    probe('PutItem', { TableName, Item: key, ...never }),
    probe('DeleteItem', { ...item, ...never }),
    probe('UpdateItem', { ...item, ...never }),
    probe('Scan', { TableName, Limit: 1 }),
    within('ConditionCheckItem', 'ConditionCheck', { Key: key, ...never }),
    within('PutItem', 'Put', { Item: key, ...never }),
    within('DeleteItem', 'Delete', { Key: key, ...never }),
    within('UpdateItem', 'Update', { Key: key, UpdateExpression: 'SET a = pk', ...never }),
    probe('UpdateTable', { TableName, DeletionProtectionEnabled: true }),
    ...Object.keys(topology.tables[table].indexes).map((IndexName) => ({
      action: 'dynamodb:Scan',
      resource: `${own}/index/${IndexName}`,
      request: ['dynamodb', 'Scan', { TableName, IndexName, Limit: 1 }] as const,
    })),
  ];
}

function topicProbe(topic: string): Probe {
  // Without attributes it passes no subscription's filter.
  const TopicArn = `arn:aws:sns:${REGION}:${ACCOUNT}:${PREFIX}${topic}`;
  return {
    action: 'sns:Publish',
    resource: topic,
    request: ['sns', 'Publish', { TopicArn, Message: 'probe' }],
  };
}

function queueProbes(queue: QueueName): Probe[] {
  const QueueUrl = urlOf(queue);
  const receipt = { QueueUrl, ReceiptHandle: 'none' };
  const of = (action: string, params: Probe['request'][2]): Probe => ({
    action: `sqs:${action}`,
    resource: queue,
    request: ['sqs', action, params],
  });
  return [
    ...sendAndReceive(queue),
    of('DeleteMessage', receipt),
    of('ChangeMessageVisibility', { ...receipt, VisibilityTimeout: 1 }),
    ...sendAndReceive(topology.queues[queue].deadLetterQueue),
  ];
}

function sendAndReceive(queue: string): Probe[] {
  const QueueUrl = urlOf(queue);
  return [
    {
      action: 'sqs:ReceiveMessage',
      resource: queue,
      request: ['sqs', 'ReceiveMessage', { QueueUrl, VisibilityTimeout: 0 }],
    },
    {
      action: 'sqs:SendMessage',
      resource: queue,
      // A delay that no queue accepts.
      request: ['sqs', 'SendMessage', { QueueUrl, MessageBody: 'probe', DelaySeconds: 901 }],
    },
  ];
}

function urlOf(queue: string): string {
  return `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${PREFIX}${queue}`;
}

/** The roles of all principals, which the stacks tag with their names. */
export async function principalRoles(call: Call): Promise<ReadonlyMap<Principal, string>> {
  const { Roles } = await call<{
    Roles: readonly { Arn: string; Tags?: readonly { Key: string; Value: string }[] }[];
  }>('iam', 'ListRoles');
  const tagged = Roles.flatMap(({ Arn, Tags = [] }) =>
    Tags.filter(({ Key }) => Key === 'tandem:principal').map(
      ({ Value }) => [Value as Principal, Arn] as const,
    ),
  );
  return new Map(tagged);
}
