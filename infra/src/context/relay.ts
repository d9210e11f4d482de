import { Duration, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import { streamFilters } from '@tandem/storage/dynamodb-layout';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { keptBucket } from '../bucket.ts';
import type { Names } from '../names.ts';
import type { Settings } from '../settings.ts';
import { telemetryEnvironment } from './environment.ts';
import { relayGrants } from './grants.ts';
import { keepingQueue } from './queues.ts';

export interface RelayProps {
  readonly service: ServiceName;
  readonly table: TableV2;
  /** The folder of the bundled function. */
  readonly code: string;
  readonly settings: Settings;
  readonly names: Names;
  readonly key: IKey | undefined;
}

/** The function, and what feeds it. */
export interface Relay {
  readonly relay: lambda.Function;
  readonly mapping: lambda.EventSourceMapping;
}

/** Below the stream's 24 hours: what still fails then goes to the bucket, with its body, and frees its shard. */
const MAX_RECORD_AGE = Duration.hours(20);
/** Less than the 30 days for which Product remembers reservations: an older change, told again, would hold stock for good. */
const FAILURES_KEPT_DAYS = 29;
const BATCH_SIZE = 100;

/** Publishes what a table's changes tell. A failure is tried again until it succeeds, each shard in order. */
export function createRelay(scope: Construct, props: RelayProps): Relay {
  const { service, table, code, settings, names, key } = props;
  const { topic, parkingQueue, publishesExpiry } = topology.relays[service];
  const functionName = names.of(`${service}-relay`);
  const streamArn = table.tableStreamArn;
  if (streamArn === undefined) throw new Error(`the table of ${service} has no stream`);

  const parking = keepingQueue(scope, parkingQueue, props);
  const failures = keptBucket(scope, 'RelayFailures', { expireAfterDays: FAILURES_KEPT_DAYS });
  const logGroup = new logs.LogGroup(scope, 'RelayLogs', {
    logGroupName: `/aws/lambda/${functionName}`,
    retention: settings.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
    ...(key ? { encryptionKey: key } : {}),
  });
  const role = new iam.Role(scope, 'RelayRole', {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
  });
  Tags.of(role).add('tandem:principal', `${service}-relay`);
  const policy = new iam.Policy(scope, 'RelayGrants', {
    roles: [role],
    statements: relayGrants(service, names, {
      streamArn,
      failuresArn: failures.bucketArn,
      logsArn: logGroup.logGroupArn,
      key,
    }),
  });
  const failuresId = Stack.of(scope).getLogicalId(failures.node.defaultChild as s3.CfnBucket);
  acknowledge(policy, {
    [`AwsSolutions-IAM5[Resource::<${failuresId}.Arn>/aws/lambda/*]`]:
      'Lambda chooses the names of the failed batches that it writes: it may below this prefix, and only write',
  });

  const relay = new lambda.Function(scope, 'Relay', {
    functionName,
    description: `Publishes what the ${service} table's changes tell to ${topic}`,
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    handler: 'main.handler',
    code: lambda.Code.fromAsset(code),
    memorySize: 256,
    // A batch of 100 are ten calls of SNS, each tried three times within 3 s before it counts as failed.
    timeout: Duration.minutes(2),
    role,
    logGroup,
    loggingFormat: lambda.LoggingFormat.JSON,
    // START, END and REPORT of each invocation would be most of the log.
    systemLogLevelV2: lambda.SystemLogLevel.WARN,
    environment: {
      TOPIC_ARN: names.topicArn(topic),
      PARKING_QUEUE_URL: names.queueUrl(parkingQueue),
      LOG_LEVEL: 'info',
      ...telemetryEnvironment(settings, { isSecretAtHand: false }),
    },
    ...(key ? { environmentEncryption: key } : {}),
  });

  const mapping = new lambda.EventSourceMapping(scope, 'RelaySource', {
    target: relay,
    eventSourceArn: streamArn,
    startingPosition: lambda.StartingPosition.TRIM_HORIZON,
    batchSize: BATCH_SIZE,
    maxBatchingWindow: Duration.seconds(settings.relayBatchWindowSeconds),
    reportBatchItemFailures: true,
    bisectBatchOnError: true,
    retryAttempts: -1,
    maxRecordAge: MAX_RECORD_AGE,
    filters: [streamFilters.events, ...(publishesExpiry ? [streamFilters.removals] : [])].map((pattern) =>
      lambda.FilterCriteria.filter(pattern),
    ),
    onFailure: { bind: () => ({ destination: failures.bucketArn }) },
    supportS3OnFailureDestination: true,
    // How many changes were read, brought again and given up: what the alarms look at.
    metricsConfig: { metrics: [lambda.MetricType.EVENT_COUNT] },
  });
  mapping.node.addDependency(policy, parking);
  return { relay, mapping };
}
