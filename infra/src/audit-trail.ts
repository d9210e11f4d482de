import { CfnOutput, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as firehose from 'aws-cdk-lib/aws-kinesisfirehose';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { FirehoseDestination } from 'aws-cdk-lib/aws-logs-destinations';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { createRetainedBucket } from './bucket.ts';
import { type Names, namesIn } from './names.ts';
import type { Settings } from './settings.ts';

const STREAM = 'audit-trail';
/** Prefix of the lines in the bucket, and of what Firehose could not read. */
const LINES = 'lines/';
const ERRORS = 'errors/';

/** The longest that Firehose collects lines: fewer files. */
const BUFFER_SECONDS = 900;
const BUFFER_MIB = 5;

/** Firehose unpacks the log events that CloudWatch sends, so that a file is lines of JSON, compressed. */
const processors = [
  { type: 'Decompression', parameters: [{ parameterName: 'CompressionFormat', parameterValue: 'GZIP' }] },
  {
    type: 'CloudWatchLogProcessing',
    parameters: [{ parameterName: 'DataMessageExtraction', parameterValue: 'true' }],
  },
  {
    type: 'AppendDelimiterToRecord',
    parameters: [{ parameterName: 'Delimiter', parameterValue: String.raw`\n` }],
  },
];

/**
 * Creates the store of the audit trail: a bucket that is retained when its stack is deleted, and the delivery stream to it.
 * Its role can put objects, and neither read nor delete any; the bucket keeps what is overwritten. Other access is up to the
 * account's administrator.
 */
export function createAuditTrail(
  stack: Stack,
  { auditRetentionDays, namePrefix }: Settings,
  key: kms.IKey | undefined,
): void {
  const bucket = createRetainedBucket(stack, 'AuditTrail', {
    expireAfterDays: auditRetentionDays,
    isVersioned: true,
    key,
  });
  const role = new iam.Role(stack, 'AuditTrailRole', {
    assumedBy: new iam.ServicePrincipal('firehose.amazonaws.com', {
      conditions: { StringEquals: { 'sts:ExternalId': stack.account } },
    }),
  });
  const objects = [LINES, ERRORS].map((prefix) => bucket.arnForObjects(`${prefix}*`));
  const policy = new iam.Policy(stack, 'AuditTrailGrants', {
    roles: [role],
    statements: [
      new iam.PolicyStatement({ actions: ['s3:PutObject', 's3:AbortMultipartUpload'], resources: objects }),
      new iam.PolicyStatement({
        actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [bucket.bucketArn],
      }),
      ...(key
        ? [new iam.PolicyStatement({ actions: ['kms:GenerateDataKey'], resources: [key.keyArn] })]
        : []),
    ],
  });
  const bucketId = stack.getLogicalId(bucket.node.defaultChild as s3.CfnBucket);
  for (const prefix of [LINES, ERRORS])
    acknowledge(policy, {
      [`AwsSolutions-IAM5[Resource::<${bucketId}.Arn>/${prefix}*]`]:
        'Firehose names the objects by their time',
    });
  const stream = new firehose.CfnDeliveryStream(stack, 'AuditTrailStream', {
    deliveryStreamName: namesIn(stack, namePrefix).of(STREAM),
    deliveryStreamType: 'DirectPut',
    deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
    extendedS3DestinationConfiguration: {
      bucketArn: bucket.bucketArn,
      roleArn: role.roleArn,
      prefix: LINES,
      errorOutputPrefix: ERRORS,
      bufferingHints: { intervalInSeconds: BUFFER_SECONDS, sizeInMBs: BUFFER_MIB },
      compressionFormat: 'GZIP',
      processingConfiguration: { enabled: true, processors },
    },
  });
  stream.node.addDependency(policy);
  new CfnOutput(stack, 'AuditTrailBucket', { value: bucket.bucketName });
}

/** Sends the audit lines of a service's log groups to the audit trail; one role of the stack can put them, and nothing else. */
export function sendToAuditTrail(scope: Construct, logGroups: readonly logs.ILogGroup[], names: Names): void {
  const deliveryStreamArn = Stack.of(scope).formatArn({
    service: 'firehose',
    resource: 'deliverystream',
    resourceName: names.of(STREAM),
  });
  const stream = firehose.DeliveryStream.fromDeliveryStreamArn(scope, 'AuditTrail', deliveryStreamArn);
  const role = new iam.Role(scope, 'AuditTrailRole', {
    assumedBy: new iam.ServicePrincipal('logs.amazonaws.com', {
      conditions: {
        ArnLike: { 'aws:SourceArn': Stack.of(scope).formatArn({ service: 'logs', resource: '*' }) },
      },
    }),
  });
  const destination = new FirehoseDestination(stream, { role });
  for (const logGroup of logGroups)
    new logs.SubscriptionFilter(scope, `AuditTrail-${logGroup.node.id}`, {
      logGroup,
      destination,
      filterPattern: logs.FilterPattern.literal('{ $.audit IS TRUE }'),
    });
}
