import {
  directTopicOf,
  relayOf,
  type ServiceName,
  serviceNames,
  type TableName,
  topology,
} from '@tandem/contracts/topology';
import { queuesOf } from './owned.ts';
import type { Resource, Template, Templates } from './resources.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * The least that a deployment can be, in every form in which CloudFormation lets one write it. `prefix` stands before
 * all names.
 */
export function fixture(prefix = ''): Templates {
  const contexts = serviceNames.map((service) => [stackOf(service), context(service, prefix)]);
  return { Events: events(prefix), ...Object.fromEntries(contexts) };
}

/** A copy in which one resource has other properties. */
export function withProperties(
  templates: Templates,
  [stack, id]: readonly [string, string],
  change: (properties: Json) => Json,
): Templates {
  const { [stack]: template } = templates;
  const resource = template?.Resources[id];
  if (!template || !resource) throw new Error(`no ${id} in ${stack}`);
  const changed = { ...resource, Properties: change(resource.Properties ?? {}) };
  return { ...templates, [stack]: { ...template, Resources: { ...template.Resources, [id]: changed } } };
}

/** A statement that lets somebody do something. */
export function allow(actions: string | readonly string[], resource: unknown): Json {
  return { Effect: 'Allow', Action: actions, Resource: resource };
}

function events(prefix: string): Template {
  const names = Object.keys(topology.topics);
  const topics = names.map((name): [string, Resource] => [
    idOf(name),
    { Type: 'AWS::SNS::Topic', Properties: { TopicName: prefix + name } },
  ]);
  const policies = names.map((name): [string, Resource] => [
    `${idOf(name)}Policy`,
    {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: {
        Topics: [{ Ref: idOf(name) }],
        PolicyDocument: document(overTls('sns:Publish', { Ref: idOf(name) })),
      },
    },
  ]);
  const outputs = names.map((name) => [
    idOf(name),
    { Value: { Ref: idOf(name) }, Export: { Name: { 'Fn::Sub': `\${AWS::StackName}:${name}` } } },
  ]);
  return {
    Resources: Object.fromEntries([...topics, ...policies]),
    Outputs: Object.fromEntries(outputs) as NonNullable<Template['Outputs']>,
  };
}

function context(service: ServiceName, prefix: string): Template {
  const { table, queues, runsAs, paths } = topology.services[service];
  const isFunction = runsAs === 'function';
  const directTopic = directTopicOf(service);
  const relay = topology.relays[service];
  const kinds = isFunction
    ? [...(queues.length > 0 ? ['consumer'] : []), ...(paths.length > 0 ? ['api'] : [])]
    : [];
  const logGroups = kinds.map((kind) => `Logs${kind}`);
  const grants = [
    ...(table ? tableGrants(table, prefix) : []),
    allow(
      [
        'sqs:ReceiveMessage',
        'sqs:DeleteMessage',
        isFunction ? 'sqs:GetQueueAttributes' : 'sqs:ChangeMessageVisibility',
      ],
      queues.map((queue) => ({ 'Fn::GetAtt': `${idOf(queue)}.Arn` })),
    ),
    ...(directTopic ? [allow('sns:Publish', { 'Fn::ImportValue': `Events:${directTopic}` })] : []),
    ...(relay?.snapshotQueue
      ? [allow('sqs:SendMessage', { 'Fn::GetAtt': [idOf(relay.snapshotQueue), 'Arn'] })]
      : []),
    ...logGroups.map((id) =>
      allow(['logs:CreateLogStream', 'logs:PutLogEvents'], { 'Fn::GetAtt': [id, 'Arn'] }),
    ),
  ];
  return {
    Resources: {
      ...(table && {
        Table: { Type: 'AWS::DynamoDB::GlobalTable', Properties: { TableName: prefix + table } },
      }),
      ...queuesWithPolicies(service, prefix),
      ...Object.fromEntries(
        kinds.map((kind) => [
          `Logs${kind}`,
          {
            Type: 'AWS::Logs::LogGroup',
            Properties: { LogGroupName: `/aws/lambda/${prefix}${service}-${kind}` },
          },
        ]),
      ),
      TaskRole: role(service),
      TaskGrants: policy('TaskRole', grants),
      ...(relay ? relayResources(service, prefix) : {}),
    },
  };
}

function tableGrants(table: TableName, prefix: string): readonly Json[] {
  const [index] = Object.keys(topology.tables[table].indexes);
  const indexArn = { 'Fn::Sub': `\${Table.Arn}/index/${index}` };
  return [
    allow(['dynamodb:GetItem', 'dynamodb:BatchGetItem'], { 'Fn::GetAtt': ['Table', 'Arn'] }),
    allow(['dynamodb:PutItem', 'dynamodb:ConditionCheckItem'], arnBy('dynamodb', `table/${prefix}${table}`)),
    ...(index === undefined ? [] : [allow('dynamodb:Query', indexArn)]),
    ...(index === 'byCategory' ? [allow('dynamodb:Scan', indexArn)] : []),
  ];
}

function relayResources(service: ServiceName, prefix: string): Record<string, Resource> {
  const { topic, parkingQueue } = relayOf(service);
  return {
    Failures: { Type: 'AWS::S3::Bucket' },
    RelayLogs: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: `/aws/lambda/${prefix}${service}-relay` },
    },
    RelayRole: role(`${service}-relay`),
    RelayGrants: policy('RelayRole', [
      allow('sns:Publish', { 'Fn::ImportValue': `Events:${topic}` }),
      allow('sqs:SendMessage', arnBy('sqs', prefix + parkingQueue)),
      allow(
        ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
          (action) => `dynamodb:${action}`,
        ),
        { 'Fn::GetAtt': ['Table', 'StreamArn'] },
      ),
      allow('s3:ListBucket', { 'Fn::GetAtt': ['Failures', 'Arn'] }),
      allow(['logs:CreateLogStream', 'logs:PutLogEvents'], { 'Fn::GetAtt': ['RelayLogs', 'Arn'] }),
      allow('s3:PutObject', { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Failures', 'Arn'] }, '/aws/lambda/*']] }),
    ]),
  };
}

function queuesWithPolicies(service: ServiceName, prefix: string): Record<string, Resource> {
  return Object.fromEntries(
    queuesOf(service).flatMap((name): [string, Resource][] => {
      const PolicyDocument = document(overTls('sqs:*', { 'Fn::GetAtt': [idOf(name), 'Arn'] }));
      return [
        [idOf(name), { Type: 'AWS::SQS::Queue', Properties: { QueueName: prefix + name } }],
        [
          `${idOf(name)}Policy`,
          { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [{ Ref: idOf(name) }], PolicyDocument } },
        ],
      ];
    }),
  );
}

function role(principal: string): Resource {
  return { Type: 'AWS::IAM::Role', Properties: { Tags: [{ Key: 'tandem:principal', Value: principal }] } };
}

function policy(roleId: string, statements: readonly Json[]): Resource {
  return {
    Type: 'AWS::IAM::Policy',
    Properties: { Roles: [{ Ref: roleId }], PolicyDocument: document(...statements) },
  };
}

function document(...statements: readonly Json[]): Json {
  return { Version: '2012-10-17', Statement: statements };
}

function overTls(action: string, resource: Json): Json {
  const Condition = { Bool: { 'aws:SecureTransport': 'false' } };
  return { Effect: 'Deny', Principal: { AWS: '*' }, Action: action, Resource: resource, Condition };
}

function arnBy(service: string, end: string): Json {
  const [partition, region, account] = ['Partition', 'Region', 'AccountId'].map((it) => ({
    Ref: `AWS::${it}`,
  }));
  return { 'Fn::Join': ['', ['arn:', partition, `:${service}:`, region, ':', account, `:${end}`]] };
}

/** Name of the stack of a service. */
function stackOf(service: ServiceName): string {
  return service.charAt(0).toUpperCase() + service.slice(1);
}

/** Logical ids have letters and digits only. */
function idOf(name: string): string {
  return name.replaceAll('-', '');
}
