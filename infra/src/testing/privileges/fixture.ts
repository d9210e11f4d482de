import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { Resource, Template, Templates } from './resources.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * The least that a deployment can be, in every form in which CloudFormation lets one write it. `prefix` stands before
 * all names.
 */
export function fixture(prefix = ''): Templates {
  return { Events: events(prefix), Product: context('product', prefix), Cart: context('cart', prefix) };
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
  const { table, topic, parkingQueue } = topology.relays[service];
  const Resources: Record<string, Resource> = {
    Table: { Type: 'AWS::DynamoDB::GlobalTable', Properties: { TableName: prefix + table } },
    Failures: { Type: 'AWS::S3::Bucket' },
    RelayLogs: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: `/aws/lambda/${prefix}${service}-relay` },
    },
    TaskRole: role(service),
    RelayRole: role(`${service}-relay`),
    ...queues(service, prefix),
  };
  const index = `\${Table.Arn}/index/${Object.keys(topology.tables[table].indexes)[0]}`;
  const own = Object.entries(topology.queues).find(([, { consumer }]) => consumer === service)?.[0] ?? '';
  const topicArn = { 'Fn::ImportValue': `Events:${topic}` };
  Resources['TaskGrants'] = policy('TaskRole', [
    allow(['dynamodb:GetItem', 'dynamodb:BatchGetItem'], { 'Fn::GetAtt': ['Table', 'Arn'] }),
    allow(['dynamodb:PutItem', 'dynamodb:ConditionCheckItem'], arnBy('dynamodb', `table/${prefix}${table}`)),
    allow('dynamodb:Query', { 'Fn::Sub': index }),
    allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
      [{ 'Fn::GetAtt': `${idOf(own)}.Arn` }],
    ),
    ...(service === 'cart'
      ? []
      : [
          allow('dynamodb:Scan', { 'Fn::Sub': index }),
          allow('sns:Publish', topicArn),
          allow('sqs:SendMessage', { 'Fn::GetAtt': [idOf(own), 'Arn'] }),
        ]),
  ]);
  Resources['RelayGrants'] = policy('RelayRole', [
    allow('sns:Publish', topicArn),
    allow('sqs:SendMessage', arnBy('sqs', prefix + parkingQueue)),
    allow(
      ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((it) => `dynamodb:${it}`),
      { 'Fn::GetAtt': ['Table', 'StreamArn'] },
    ),
    allow('s3:ListBucket', { 'Fn::GetAtt': ['Failures', 'Arn'] }),
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], { 'Fn::GetAtt': ['RelayLogs', 'Arn'] }),
    allow('s3:PutObject', { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Failures', 'Arn'] }, '/aws/lambda/*']] }),
  ]);
  return { Resources };
}

function queues(service: ServiceName, prefix: string): Record<string, Resource> {
  const consumed = Object.entries(topology.queues).filter(([, { consumer }]) => consumer === service);
  const names = [
    topology.relays[service].parkingQueue,
    ...consumed.flatMap(([name, { deadLetterQueue }]) => [name, deadLetterQueue]),
    ...topology.subscriptions
      .filter(({ queue }) => consumed.some(([name]) => name === queue))
      .map(({ deadLetterQueue }) => deadLetterQueue),
  ];
  return Object.fromEntries(
    names.flatMap((name): [string, Resource][] => {
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

/** Logical ids have letters and digits only. */
function idOf(name: string): string {
  return name.replaceAll('-', '');
}
