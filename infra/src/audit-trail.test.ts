import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceNames } from '@tandem/contracts/topology';
import { asFunctions, asTasks, resources, synthesizeAll } from './testing/synth.ts';

const templates = synthesizeAll();
const { events } = templates;
const only = <T>(all: readonly T[]): T => {
  const [first, ...others] = all;
  assert.ok(first && others.length === 0);
  return first;
};
const text = (value: unknown) => JSON.stringify(value);

test('the audit lines of every service go to the audit trail, whether it runs as tasks or as functions (security 10)', () => {
  for (const services of [synthesizeAll({}, asTasks), synthesizeAll({}, asFunctions)])
    for (const service of serviceNames) {
      const groups = resources({ [service]: services[service] }, 'AWS::Logs::LogGroup').filter(
        ({ Properties }) => !String(Properties['LogGroupName']).endsWith('-relay'),
      );
      const filters = resources({ [service]: services[service] }, 'AWS::Logs::SubscriptionFilter');
      assert.equal(filters.length, groups.length, service);
      for (const { Properties } of filters) {
        assert.equal(Properties['FilterPattern'], '{ $.audit IS TRUE }');
        assert.match(text(Properties['DestinationArn']), /:deliverystream\/audit-trail"/);
      }
    }
});

test('the audit trail outlives its stack and the logs, and expires by its own setting (security 10)', () => {
  const daysOf = (settings: Parameters<typeof synthesizeAll>[0]) => {
    const { DeletionPolicy, Properties } = only(
      resources({ events: synthesizeAll(settings).events }, 'AWS::S3::Bucket'),
    );
    assert.equal(DeletionPolicy, 'RetainExceptOnCreate');
    const rules = Properties['LifecycleConfiguration'].Rules as { ExpirationInDays: number }[];
    return only(rules).ExpirationInDays;
  };
  assert.equal(daysOf({}), 365);
  assert.equal(daysOf({ auditRetentionDays: 3_650, logRetentionDays: 7 }), 3_650);
});

test('what is overwritten in the audit trail is kept as long as the rest, under the customer managed key if there is one', () => {
  const bucketOf = (settings: Parameters<typeof synthesizeAll>[0]) =>
    only(resources({ events: synthesizeAll(settings).events }, 'AWS::S3::Bucket')).Properties;
  const bucket = bucketOf({});
  assert.deepEqual(bucket['VersioningConfiguration'], { Status: 'Enabled' });
  const [rule] = bucket['LifecycleConfiguration'].Rules as { NoncurrentVersionExpiration: unknown }[];
  assert.deepEqual(rule?.NoncurrentVersionExpiration, { NoncurrentDays: 365 });
  assert.match(text(bucket['BucketEncryption']), /"SSEAlgorithm":"AES256"/);
  assert.match(
    text(bucketOf({ customerKey: true })['BucketEncryption']),
    /"KMSMasterKeyID".*"SSEAlgorithm":"aws:kms"/,
  );
});

test('the roles that fill the audit trail can put, and neither read nor delete (security 10)', () => {
  const statementsOf = (stack: typeof events, name: string) =>
    resources({ events: stack }, 'AWS::IAM::Policy')
      .filter(({ Properties }) => String(Properties['PolicyName']).startsWith(name))
      .flatMap(
        ({ Properties }) =>
          Properties['PolicyDocument'].Statement as { Action: string | string[]; Resource: unknown }[],
      );
  const grants = statementsOf(events, 'AuditTrailGrants');
  assert.deepEqual(grants.flatMap(({ Action }) => Action).toSorted(), [
    's3:AbortMultipartUpload',
    's3:GetBucketLocation',
    's3:ListBucket',
    's3:ListBucketMultipartUploads',
    's3:PutObject',
  ]);
  for (const service of serviceNames) {
    const puts = only(statementsOf(templates[service], 'AuditTrailRole'));
    assert.deepEqual(puts.Action, ['firehose:PutRecord', 'firehose:PutRecordBatch']);
    assert.match(text(puts.Resource), /:deliverystream\/audit-trail"/);
  }
});

test('Firehose and CloudWatch Logs assume the roles of the audit trail for this account only', () => {
  const trustOf = (stack: typeof events) =>
    resources({ events: stack }, 'AWS::IAM::Role')
      .map(({ Properties }) => text(Properties['AssumeRolePolicyDocument']))
      .filter((trust) => /firehose\.amazonaws|logs\.amazonaws/.test(trust));
  assert.match(only(trustOf(events)), /"sts:ExternalId":\{"Ref":"AWS::AccountId"\}/);
  for (const service of serviceNames)
    assert.match(only(trustOf(templates[service])), /"aws:SourceArn".*"AWS::AccountId"/);
});

test('the delivery stream is encrypted, and unpacks the lines before it stores them', () => {
  const { Properties } = only(resources({ events }, 'AWS::KinesisFirehose::DeliveryStream'));
  assert.deepEqual(Properties['DeliveryStreamEncryptionConfigurationInput'], { KeyType: 'AWS_OWNED_CMK' });
  const { ProcessingConfiguration: processing } = Properties['ExtendedS3DestinationConfiguration'];
  assert.deepEqual(
    (processing.Processors as { Type: string }[]).map(({ Type }) => Type),
    ['Decompression', 'CloudWatchLogProcessing', 'AppendDelimiterToRecord'],
  );
  const { staging } = { staging: synthesizeAll({ namePrefix: 'staging-' }).events };
  assert.equal(
    only(resources({ events: staging }, 'AWS::KinesisFirehose::DeliveryStream')).Properties[
      'DeliveryStreamName'
    ],
    'staging-audit-trail',
  );
});
