import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publishers, serviceNames, type TableName, topology } from '@tandem/contracts/topology';
import { type Resource, resources, stacksOf, synthesizeAll, type Templates } from './testing/synth.ts';

const templates = synthesizeAll();
const withKey = synthesizeAll({ customerKey: true });

const all = (type: string, of: Partial<Templates> = templates) => {
  const found = resources(of, type);
  assert.ok(found.length > 0, type);
  return found;
};
const propertiesOf = (type: string, of?: Templates) => all(type, of).map(({ Properties }) => Properties);

interface Statement {
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: unknown;
  readonly Condition?: unknown;
}

/** Whether a policy denies requests without TLS to all principals. */
function refusesPlainText({ Properties: { PolicyDocument } }: Resource): boolean {
  return (PolicyDocument.Statement as Statement[]).some(
    ({ Effect, Principal, Condition }) =>
      Effect === 'Deny' &&
      ['"*"', '{"AWS":"*"}'].includes(JSON.stringify(Principal)) &&
      JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
  );
}

test('tables are retained, have deletion protection, and point-in-time recovery', () => {
  for (const { Properties: properties, DeletionPolicy, UpdateReplacePolicy } of all(
    'AWS::DynamoDB::GlobalTable',
  )) {
    assert.deepEqual([DeletionPolicy, UpdateReplacePolicy], ['Retain', 'Retain']);
    for (const replica of properties['Replicas'] as Record<string, unknown>[]) {
      assert.equal(replica['DeletionProtectionEnabled'], true);
      assert.deepEqual(replica['PointInTimeRecoverySpecification'], { PointInTimeRecoveryEnabled: true });
    }
  }
});

test('Contributor Insights are absent where they are off, and of throttled keys where they are on (oracle 8)', () => {
  const insightsIn = (of: Templates) =>
    propertiesOf('AWS::DynamoDB::GlobalTable', of).map(({ Replicas }) => [
      ...new Set(JSON.stringify(Replicas).match(/"ContributorInsightsSpecification":{[^}]*}/g)),
    ]);
  for (const found of insightsIn(templates)) assert.deepEqual(found, []);
  for (const found of insightsIn(synthesizeAll({ contributorInsights: true })))
    assert.deepEqual(found, ['"ContributorInsightsSpecification":{"Enabled":true,"Mode":"THROTTLED_KEYS"}']);
});

test('queues and buckets are retained when their stack is deleted', () => {
  for (const type of ['AWS::SQS::Queue', 'AWS::S3::Bucket']) {
    for (const { DeletionPolicy, UpdateReplacePolicy } of all(type))
      assert.deepEqual([DeletionPolicy, UpdateReplacePolicy], ['RetainExceptOnCreate', 'Retain'], type);
  }
});

test('the load balancer has deletion protection', () => {
  for (const { LoadBalancerAttributes } of propertiesOf('AWS::ElasticLoadBalancingV2::LoadBalancer')) {
    const attributes = LoadBalancerAttributes as { Key: string; Value: string }[];
    assert.ok(attributes.some(({ Key, Value }) => Key === 'deletion_protection.enabled' && Value === 'true'));
  }
});

test('all data is encrypted at rest, by default with keys of AWS', () => {
  for (const queue of propertiesOf('AWS::SQS::Queue')) assert.equal(queue['SqsManagedSseEnabled'], true);
  for (const topic of propertiesOf('AWS::SNS::Topic')) {
    // Alarms and budgets cannot publish where SNS's own key encrypts.
    if (String(topic['TopicName']).startsWith('operators-')) continue;
    assert.match(JSON.stringify(topic['KmsMasterKeyId']), /alias\/aws\/sns/);
  }
  for (const bucket of propertiesOf('AWS::S3::Bucket')) assert.ok(bucket['BucketEncryption']);
  for (const table of propertiesOf('AWS::DynamoDB::GlobalTable'))
    assert.deepEqual(table['SSESpecification'], { SSEEnabled: false }, 'which means: by a key of DynamoDB');
});

test('with customerKey all data is encrypted with a customer managed key, which is rotated and retained', () => {
  const [key, ...others] = all('AWS::KMS::Key', withKey);
  assert.ok(key && others.length === 0);
  assert.equal(key.Properties['EnableKeyRotation'], true);
  assert.equal(key.DeletionPolicy, 'RetainExceptOnCreate');
  const isOurs = (value: unknown) => JSON.stringify(value ?? null).includes('Key');
  for (const queue of propertiesOf('AWS::SQS::Queue', withKey)) assert.ok(isOurs(queue['KmsMasterKeyId']));
  for (const topic of propertiesOf('AWS::SNS::Topic', withKey)) {
    assert.ok(isOurs(topic['KmsMasterKeyId']));
    assert.doesNotMatch(JSON.stringify(topic['KmsMasterKeyId']), /alias/);
  }
  for (const group of propertiesOf('AWS::Logs::LogGroup', withKey)) assert.ok(isOurs(group['KmsKeyId']));
  for (const table of propertiesOf('AWS::DynamoDB::GlobalTable', withKey))
    assert.deepEqual(table['SSESpecification'], { SSEEnabled: true, SSEType: 'KMS' });
});

test('with customerKey the service principals of SNS, CloudWatch, Budgets and Logs may use the key', () => {
  const keys = propertiesOf('AWS::KMS::Key', withKey);
  const statements = keys.flatMap((key) => key['KeyPolicy'].Statement as Statement[]);
  const admitted = statements.map(({ Principal }) => JSON.stringify(Principal));
  for (const service of ['sns', 'cloudwatch', 'budgets', 'logs.us-east-1'])
    assert.ok(
      admitted.some((principal) => principal.includes(`"${service}.amazonaws.com"`)),
      service,
    );
});

test('with customerKey all roles that read or write encrypted data may use the key', () => {
  for (const service of serviceNames) {
    const policies = resources({ [service]: withKey[service] }, 'AWS::IAM::Policy');
    const users = policies.filter(({ Properties }) =>
      JSON.stringify(Properties['PolicyDocument']).includes('kms:Decrypt'),
    );
    const names = users.map(({ Properties }) => String(Properties['PolicyName']).replace(/[0-9A-F]{8}$/, ''));
    const { table, queues, runsAs } = topology.services[service];
    const grants = runsAs === 'function' ? 'FunctionGrants' : 'TaskGrants';
    const expected = [
      ...(topology.relays[service] ? ['RelayGrants'] : []),
      ...(table || queues.length > 0 ? [grants] : []),
    ];
    assert.deepEqual(names.toSorted(), expected);
  }
});

test('queues, topics and buckets deny requests without TLS', () => {
  for (const [kind, policy, property] of [
    ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy', 'Queues'],
    ['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'Topics'],
    ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'Bucket'],
  ] as const) {
    const policies = all(policy);
    for (const it of policies) assert.ok(refusesPlainText(it), policy);
    const covered = policies.flatMap(({ Properties: properties }) => properties[property] as unknown);
    assert.equal(covered.flat().length, all(kind).length, `every ${kind} has one`);
  }
});

test('failed changes expire before Product deletes reservations, after 30 days', () => {
  for (const [service] of publishers) {
    const rules = resources(stacksOf(templates, service), 'AWS::S3::Bucket').flatMap(
      ({ Properties }) => Properties['LifecycleConfiguration'].Rules as { ExpirationInDays: number }[],
    );
    assert.ok(rules.length > 0 && rules.every(({ ExpirationInDays }) => ExpirationInDays < 30));
  }
});

test('access logs expire within 7 days, because their paths contain the ids of guests’ carts', () => {
  const [loadBalancer] = propertiesOf('AWS::ElasticLoadBalancingV2::LoadBalancer');
  const attributes = loadBalancer?.['LoadBalancerAttributes'] as { Key: string; Value: string }[];
  const prefix = attributes.find(({ Key }) => Key === 'access_logs.s3.prefix')?.Value ?? '';
  assert.notEqual(prefix, '');
  const rules = resources({ network: templates.network }, 'AWS::S3::Bucket').flatMap(
    ({ Properties }) =>
      Properties['LifecycleConfiguration'].Rules as {
        Prefix?: string;
        Status: string;
        ExpirationInDays: number;
      }[],
  );
  const days = rules
    .filter(({ Prefix = '', Status }) => Status === 'Enabled' && `${prefix}/AWSLogs/`.startsWith(Prefix))
    .map(({ ExpirationInDays }) => ExpirationInDays);
  assert.ok(Math.min(...days) <= 7);
  assert.ok(
    Math.max(...rules.map(({ ExpirationInDays }) => ExpirationInDays)) > 7,
    'refused connections stay longer',
  );
});

test('buckets block public access', () => {
  for (const bucket of propertiesOf('AWS::S3::Bucket'))
    assert.deepEqual(bucket['PublicAccessBlockConfiguration'], {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
});

test('log retention follows the settings', () => {
  const templates = synthesizeAll({ logRetentionDays: 90 });
  for (const group of propertiesOf('AWS::Logs::LogGroup', templates))
    assert.equal(group['RetentionInDays'], 90);
});

test('on-demand tables have a throughput limit, so that a runaway client does not drive up the bill', () => {
  const onDemand = synthesizeAll({ capacity: { mode: 'onDemand' } });
  for (const table of propertiesOf('AWS::DynamoDB::GlobalTable', onDemand)) {
    assert.equal(table['BillingMode'], 'PAY_PER_REQUEST');
    assert.deepEqual(table['WriteOnDemandThroughputSettings'], { MaxWriteRequestUnits: 500 });
  }
  const provisioned = synthesizeAll({ capacity: { mode: 'provisioned', minUnits: 5, maxUnits: 60 } });
  for (const table of propertiesOf('AWS::DynamoDB::GlobalTable', provisioned)) {
    const { owner } = topology.tables[table['TableName'] as TableName];
    if (topology.services[owner].runsAs === 'function') {
      // At rest it costs nothing.
      assert.equal(table['BillingMode'], 'PAY_PER_REQUEST');
      assert.deepEqual(table['WriteOnDemandThroughputSettings'], { MaxWriteRequestUnits: 60 });
      continue;
    }
    assert.equal(table['BillingMode'], 'PROVISIONED');
    const { WriteCapacityAutoScalingSettings: writes } = table['WriteProvisionedThroughputSettings'];
    assert.deepEqual([writes.MinCapacity, writes.MaxCapacity], [5, 60]);
  }
});
