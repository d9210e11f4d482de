import { Duration, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { relayOf, type ServiceName } from '@tandem/contracts/topology';
import { streamFilters } from '@tandem/storage/dynamodb-layout';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { Names } from '../names.ts';
import type { Settings } from '../settings.ts';
import type { Outbox } from './data-stack.ts';
import { telemetryEnvironment } from './environment.ts';
import { relayGrants } from './grants.ts';
import { grantTraces } from './trace-grants.ts';

export interface RelayProps {
  readonly service: ServiceName;
  readonly outbox: Outbox;
  /** Directory of the bundled function. */
  readonly code: string;
  readonly settings: Settings;
  readonly names: Names;
  readonly key: IKey | undefined;
}

/** Outbox relay: the function and its event source mapping. */
export interface Relay {
  readonly relay: lambda.Function;
  readonly mapping: lambda.EventSourceMapping;
}

/** Below the stream's retention of 24 hours: records that still fail then go to the failure bucket and unblock their shard. */
const MAX_RECORD_AGE = Duration.hours(20);
const BATCH_SIZE = 100;

/** Creates the outbox relay of a table, which publishes the events of its changes. Failures are retried, in order within each shard. */
export function createRelay(scope: Construct, props: RelayProps): Relay {
  const { service, outbox, code, settings, names, key } = props;
  const { topic, parkingQueue, publishesExpiry } = relayOf(service);
  const functionName = names.of(`${service}-relay`);
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
      ...outbox,
      logsArn: logGroup.logGroupArn,
      key,
    }),
  });
  grantTraces(scope, 'RelayTraceGrants', { role, settings });
  acknowledge(policy, {
    [`AwsSolutions-IAM5[Resource::${JSON.stringify(Stack.of(scope).resolve(outbox.failuresArn))}/aws/lambda/*]`]:
      'Lambda generates the object names of failed batches; it may only write below this prefix',
  });

  const relay = new lambda.Function(scope, 'Relay', {
    functionName,
    description: `Outbox relay: publishes the events of the ${service} table to ${topic}`,
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    handler: 'main.handler',
    code: lambda.Code.fromAsset(code),
    memorySize: 256,
    // A batch of 100 needs ten calls of SNS, each with three attempts within 3 s.
    timeout: Duration.minutes(2),
    role,
    logGroup,
    loggingFormat: lambda.LoggingFormat.JSON,
    // Omits START, END and REPORT of each invocation, which would be most of the log.
    systemLogLevelV2: lambda.SystemLogLevel.WARN,
    environment: {
      TOPIC_ARN: names.topicArn(topic),
      PARKING_QUEUE_URL: names.queueUrl(parkingQueue),
      LOG_LEVEL: 'info',
      ...telemetryEnvironment(settings, { hasSecrets: false }),
    },
    ...(key ? { environmentEncryption: key } : {}),
  });

  const mapping = new lambda.EventSourceMapping(scope, 'RelaySource', {
    target: relay,
    eventSourceArn: outbox.streamArn,
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
    onFailure: { bind: () => ({ destination: outbox.failuresArn }) },
    supportS3OnFailureDestination: true,
    // Counts of changes that were read, retried and discarded, for the alarms.
    metricsConfig: { metrics: [lambda.MetricType.EVENT_COUNT] },
  });
  mapping.node.addDependency(policy);
  return { relay, mapping };
}
