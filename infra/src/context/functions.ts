import { Duration, RemovalPolicy, Tags } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { type QueueName, type ServiceName, titleOf, topology } from '@tandem/contracts/topology';
import type { Construct, IDependable } from 'constructs';
import type { EdgeStack } from '../edge.ts';
import { sendToAuditTrail } from '../audit-trail.ts';
import type { Names } from '../names.ts';
import type { ObservedTraffic } from '../observability/traffic-metrics.ts';
import type { Settings } from '../settings.ts';
import { functionEnvironment, metricsNamespace } from './environment.ts';
import {
  API_TIMEOUT,
  BATCH_SIZE,
  BATCH_WINDOW,
  CONSUMER_TIMEOUT,
  MAX_CONCURRENCY,
} from './function-limits.ts';
import { functionGrants } from './grants.ts';
import { grantTraces } from './trace-grants.ts';
import { routeToFunction } from './traffic.ts';

export interface FunctionsProps {
  readonly service: ServiceName;
  readonly settings: Settings;
  readonly names: Names;
  readonly edge: EdgeStack;
  readonly key: IKey | undefined;
  /** Directory of the bundle, which exports both handlers. */
  readonly code: string;
  /** Must exist before the service accepts writes. */
  readonly dependencies: readonly IDependable[];
}

/** A service that runs as Lambda functions, which cost nothing at rest. */
export interface Functions {
  /** Consumes the queues; undefined for a service without any. */
  readonly consumer: lambda.Function | undefined;
  /** Responds to requests; undefined for a service without paths. */
  readonly api: lambda.Function | undefined;
  readonly traffic: ObservedTraffic | undefined;
}

/** The functions of a service by the ends of their names. */
export type FunctionKind = 'consumer' | 'api';

interface FunctionSpec {
  readonly handler: string;
  readonly description: string;
  readonly memorySize: number;
  readonly timeout: Duration;
  readonly reservedConcurrentExecutions?: number;
}

/** Creates the functions of a service from one bundle, with one role: to IAM the service is one principal. */
export function createFunctions(scope: Construct, props: FunctionsProps): Functions {
  const { service, settings, names, edge, dependencies } = props;
  const { paths, queues } = topology.services[service];
  const { functionConcurrency } = settings;
  const kinds: readonly FunctionKind[] = [
    ...(queues.length > 0 ? (['consumer'] as const) : []),
    ...(paths.length > 0 ? (['api'] as const) : []),
  ];
  const logGroups = new Map(kinds.map((kind) => [kind, createLogGroup(scope, kind, props)]));
  sendToAuditTrail(scope, [...logGroups.values()], names);
  const { role, policy } = createRole(scope, [...logGroups.values()], props);
  const code = lambda.Code.fromAsset(props.code);
  const create = (kind: FunctionKind, spec: FunctionSpec) => {
    const logGroup = logGroups.get(kind);
    return logGroup && createFunction(scope, kind, { ...props, ...spec, role, logGroup, code });
  };

  const consumer = create('consumer', {
    handler: 'main.consume',
    description: `Consumes the queues of ${titleOf(service)}`,
    // A third of a core: a full batch is parsed and checked within two seconds, and nobody waits for it.
    memorySize: 512,
    timeout: CONSUMER_TIMEOUT,
  });
  const mappings = consumer ? queues.map((queue) => consume(scope, { consumer, queue, names })) : [];
  for (const mapping of mappings) mapping.node.addDependency(policy, ...dependencies);

  const api = create('api', {
    handler: 'main.serve',
    description: `Responds to the requests of ${titleOf(service)}`,
    // A whole core, which shortens the cold start, and the figures of a year, that somebody waits for.
    memorySize: 1_769,
    timeout: API_TIMEOUT,
    ...(functionConcurrency > 0 && { reservedConcurrentExecutions: functionConcurrency }),
  });
  const targetGroup = api && routeToFunction(scope, { service, edge, api });
  targetGroup?.node.addDependency(policy, ...dependencies);
  const traffic = targetGroup && {
    service,
    namespace: metricsNamespace(settings.namePrefix),
    loadBalancer: edge.loadBalancer.loadBalancerFullName,
    targetGroups: [targetGroup.targetGroupFullName],
  };
  return { consumer, api, traffic };
}

function consume(
  scope: Construct,
  {
    consumer,
    queue,
    names,
  }: { readonly consumer: lambda.Function; readonly queue: QueueName; readonly names: Names },
): lambda.EventSourceMapping {
  return new lambda.EventSourceMapping(scope, `${queue}-source`, {
    target: consumer,
    eventSourceArn: names.queueArn(queue),
    batchSize: BATCH_SIZE,
    maxBatchingWindow: BATCH_WINDOW,
    reportBatchItemFailures: true,
    maxConcurrency: MAX_CONCURRENCY,
  });
}

function createRole(
  scope: Construct,
  logGroups: readonly logs.LogGroup[],
  { service, settings, names, key }: FunctionsProps,
) {
  const role = new iam.Role(scope, 'FunctionRole', {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
  });
  Tags.of(role).add('tandem:principal', service);
  const logArns = logGroups.map(({ logGroupArn }) => logGroupArn);
  const policy = new iam.Policy(scope, 'FunctionGrants', {
    roles: [role],
    statements: functionGrants(service, names, { logArns, key }),
  });
  grantTraces(scope, 'FunctionTraceGrants', { role, settings });
  return { role, policy };
}

function createLogGroup(
  scope: Construct,
  kind: FunctionKind,
  { service, names, settings, key }: FunctionsProps,
): logs.LogGroup {
  return new logs.LogGroup(scope, `Logs-${kind}`, {
    logGroupName: `/aws/lambda/${names.of(`${service}-${kind}`)}`,
    retention: settings.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
    ...(key ? { encryptionKey: key } : {}),
  });
}

interface FunctionProps extends Omit<FunctionsProps, 'code'>, FunctionSpec {
  readonly code: lambda.Code;
  readonly role: iam.Role;
  readonly logGroup: logs.LogGroup;
}

function createFunction(
  scope: Construct,
  kind: FunctionKind,
  { service, settings, names, edge: _edge, dependencies: _, key, ...spec }: FunctionProps,
): lambda.Function {
  return new lambda.Function(scope, `Function-${kind}`, {
    ...spec,
    functionName: names.of(`${service}-${kind}`),
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    loggingFormat: lambda.LoggingFormat.JSON,
    // Omits START, END and REPORT of each invocation, which would be most of the log.
    systemLogLevelV2: lambda.SystemLogLevel.WARN,
    environment: functionEnvironment(service, { settings, names }),
    ...(key ? { environmentEncryption: key } : {}),
  });
}
