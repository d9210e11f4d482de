import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  directTopicOf,
  publishers,
  type ServiceName,
  serviceNames,
  type TableName,
  topology,
} from '@tandem/contracts/topology';
import { grantedUnused } from '../../../granted-unused.ts';
import { allow, fixture, withProperties } from './fixture.ts';
import { type Calls, consumerCalls, crossings, refusedCalls, unusedGrants } from './privileges.ts';
import type { Templates } from './resources.ts';

type Json = Readonly<Record<string, unknown>>;
type Policy = Json & { readonly PolicyDocument: { readonly Statement: readonly Json[] } };

/** The calls for which the fixture grants permissions. */
const calls: Calls = Object.fromEntries([
  ...serviceNames.map((service) => [service, { ...consumerCalls(service), ...otherCalls(service) }]),
  ...publishers.map(([service, { topic, parkingQueue }]) => [
    `${service}-relay`,
    { 'sns:Publish': [topic], 'sqs:SendMessage': [parkingQueue] },
  ]),
]);

function otherCalls(service: ServiceName): Calls[string] {
  const { table } = topology.services[service];
  const relay = topology.relays[service];
  const directTopic = directTopicOf(service);
  const items = ['BatchGetItem', 'ConditionCheckItem', 'GetItem', 'PutItem'];
  return {
    ...(table && Object.fromEntries(items.map((action) => [`dynamodb:${action}`, [`table/${table}`]]))),
    ...(table && indexCalls(table)),
    ...(directTopic && { 'sns:Publish': [directTopic] }),
    ...(relay?.snapshotQueue && { 'sqs:SendMessage': [relay.snapshotQueue] }),
  };
}

function indexCalls(table: TableName): Calls[string] {
  const [index] = Object.keys(topology.tables[table].indexes);
  const indexes = index === undefined ? [] : [`table/${table}/index/${index}`];
  return {
    ...(index !== undefined && { 'dynamodb:Query': indexes }),
    ...(index === 'byCategory' && { 'dynamodb:Scan': indexes }),
  };
}

const faultsOf = async (templates: Templates, prefix = '') => ({
  refused: await refusedCalls({ templates, calls, prefix }),
  unused: await unusedGrants({ templates, calls, prefix }, grantedUnused),
  crossing: await crossings({ templates, calls, prefix }),
});
const none = { refused: [], unused: [], crossing: [] };

/** The fixture, with other statements in a policy. */
const granting = (
  where: readonly [string, string],
  change: (statements: readonly Json[]) => readonly Json[],
) =>
  withProperties(fixture(), where, (properties) => {
    const { PolicyDocument } = properties as Policy;
    return {
      ...properties,
      PolicyDocument: { ...PolicyDocument, Statement: change(PolicyDocument.Statement) },
    };
  });
const also = (where: readonly [string, string], ...statements: readonly Json[]) =>
  granting(where, (present) => [...present, ...statements]);
const arn = (service: string, name: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${name}`,
});

test('a deployment that grants what is called, and nothing else, has no faults, whatever its names begin with', async () => {
  assert.deepEqual(await faultsOf(fixture()), none);
  assert.deepEqual(await faultsOf(fixture('staging-'), 'staging-'), none);
});

test('a call that is not granted is named', async () => {
  const { refused } = await faultsOf(granting(['Cart', 'TaskGrants'], (all) => all.slice(1)));
  assert.deepEqual(refused, [
    'cart calls dynamodb:BatchGetItem on table/carts: ImplicitlyDenied',
    'cart calls dynamodb:GetItem on table/carts: ImplicitlyDenied',
  ]);
});

test('a call that the policy of a resource forbids is named', async () => {
  const deny = { ...allow('sns:Publish', arn('sns', 'cart-events-topic')), Effect: 'Deny', Principal: '*' };
  const { refused } = await faultsOf(also(['Events', 'carteventstopicPolicy'], deny));
  assert.deepEqual(refused, [
    'analytics calls sns:Publish on cart-events-topic: ExplicitlyDenied',
    'cart-relay calls sns:Publish on cart-events-topic: ExplicitlyDenied',
  ]);
});

test('a grant that no call needs is named', async () => {
  const { unused } = await faultsOf(
    also(['Product', 'RelayGrants'], allow('dynamodb:DeleteItem', arn('dynamodb', 'table/products'))),
  );
  assert.deepEqual(unused, [
    'product-relay may dynamodb:DeleteItem on arn:aws:dynamodb:us-east-1:123456789012:table/products: no call needs it',
  ]);
});

test('a wildcard is named, also where calls need a part of it', async () => {
  const { unused } = await faultsOf(
    also(
      ['Product', 'TaskGrants'],
      allow('dynamodb:Get*', arn('dynamodb', 'table/products')),
      allow('sns:Publish', '*'),
    ),
  );
  assert.deepEqual(unused, [
    'product may dynamodb:Get* on arn:aws:dynamodb:us-east-1:123456789012:table/products: wider than any call',
    'product may sns:Publish on *: wider than any call',
  ]);
});

test('a reason without a grant is named', async () => {
  const { unused } = await faultsOf(granting(['Cart', 'RelayGrants'], (all) => all.slice(0, -1)));
  assert.match(unused.join('\n'), /^cart-relay is excused for s3:PutObject on .+: not granted, or needed$/);
});

test('what reaches into another context is named: its table, index, stream, queues and topic', async () => {
  const { crossing } = await faultsOf(
    also(
      ['Product', 'TaskGrants'],
      allow('dynamodb:GetItem', arn('dynamodb', 'table/carts')),
      allow('dynamodb:Query', arn('dynamodb', 'table/carts/index/*')),
      allow('dynamodb:GetRecords', arn('dynamodb', 'table/c*/stream/*')),
      allow('sqs:PurgeQueue', arn('sqs', 'cart-product-updates-dlq')),
      allow('sns:Publish', '*'),
    ),
  );
  const arnOf = (service: string, name: string) => `arn:aws:${service}:us-east-1:123456789012:${name}`;
  assert.deepEqual(
    new Set(crossing),
    new Set([
      `product may dynamodb:GetItem on ${arnOf('dynamodb', 'table/carts')}`,
      `product may dynamodb:Query on ${arnOf('dynamodb', 'table/carts/index/byUser')}`,
      `product may dynamodb:GetRecords on ${arnOf('dynamodb', 'table/carts/stream/stream-label')}`,
      `product may sqs:PurgeQueue on ${arnOf('sqs', 'cart-product-updates-dlq')}`,
      ...Object.entries(topology.topics)
        .filter(([, { owner }]) => owner !== 'product')
        .map(([topic]) => `product may sns:Publish on ${arnOf('sns', topic)}`),
    ]),
  );
});

test('a service may publish requests to the topic that the topology names, and to no other', async () => {
  const { crossing } = await faultsOf(
    also(['Analytics', 'TaskGrants'], allow('sns:Publish', arn('sns', 'product-events-topic'))),
  );
  assert.deepEqual(crossing, [
    'analytics may sns:Publish on arn:aws:sns:us-east-1:123456789012:product-events-topic',
  ]);
});

test('who is let in by the policy of a queue is named, though nothing is granted to a role', async () => {
  const letIn = {
    ...allow('sqs:ReceiveMessage', arn('sqs', 'cart-product-updates-dlq')),
    Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:role/Product-RelayRole' } },
  };
  const { crossing, refused, unused } = await faultsOf(also(['Cart', 'cartproductupdatesdlqPolicy'], letIn));
  assert.deepEqual({ refused, unused }, { refused: [], unused: [] });
  assert.deepEqual(crossing, [
    'product-relay may sqs:ReceiveMessage on arn:aws:sqs:us-east-1:123456789012:cart-product-updates-dlq',
  ]);
});

test('what is not to be seen in the templates is no proof', async () => {
  const managed = withProperties(fixture(), ['Cart', 'RelayRole'], (properties) => ({
    ...properties,
    ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
  }));
  await assert.rejects(faultsOf(managed), /what ManagedPolicyArns of RelayRole grants is not to be seen/);
  const unknown = also(['Cart', 'TaskGrants'], allow('sqs:SendMessage', { 'Fn::If': ['A', 'b', 'c'] }));
  await assert.rejects(faultsOf(unknown), /Fn::If of .+ cannot be resolved/);
  const missing = also(['Cart', 'TaskGrants'], allow('sqs:SendMessage', { 'Fn::GetAtt': ['Nobody', 'Arn'] }));
  await assert.rejects(faultsOf(missing), /Arn of Nobody cannot be resolved/);
  const untagged = withProperties(fixture(), ['Cart', 'TaskRole'], () => ({}));
  await assert.rejects(faultsOf(untagged), /no role is that of cart/);
  await assert.rejects(
    crossings({ templates: fixture(), calls, prefix: 'other-' }),
    /there is no arn:.+:table/,
  );
  const but = { Effect: 'Allow', NotAction: 'sqs:PurgeQueue', Resource: '*' };
  await assert.rejects(faultsOf(also(['Cart', 'TaskGrants'], but)), /what this grants is not to be seen/);
});
