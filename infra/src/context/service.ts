import { Duration, RemovalPolicy, Size, Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { sendToAuditTrail } from '../audit-trail.ts';
import type { Names } from '../names.ts';
import type { NetworkStack } from '../network.ts';
import type { Settings } from '../settings.ts';
import { traceEndpoint } from '../traces-setting.ts';
import { serviceEnvironment } from './environment.ts';
import { taskGrants } from './grants.ts';
import { createImage } from './image.ts';
import { grantTraces } from './trace-grants.ts';

export const CONTAINER_PORT = 8080;
/** Above the 25 s within which a service finishes its requests and messages in flight. */
const STOP_TIMEOUT = Duration.seconds(30);
/** Same as in the Dockerfile, which ECS ignores. It needs no shell. */
const HEALTH_CHECK = [
  'CMD',
  'node',
  '--eval',
  "require('node:http').get({ port: process.env.PORT, path: '/health' }, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))",
];

export interface TaskProps {
  readonly service: ServiceName;
  readonly settings: Settings;
  readonly names: Names;
  readonly network: NetworkStack;
  readonly key: IKey | undefined;
  /** Directory of the Dockerfile. */
  readonly sources: string;
}

/** Creates the task definition of a service: one container with a read-only file system. */
export function createTask(scope: Construct, props: TaskProps): ecs.FargateTaskDefinition {
  const { service, settings, names, key } = props;
  const taskRole = new iam.Role(scope, 'TaskRole', {
    assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
  });
  Tags.of(taskRole).add('tandem:principal', service);

  const task = new ecs.FargateTaskDefinition(scope, 'Task', {
    family: names.of(service),
    cpu: settings.task.cpu,
    memoryLimitMiB: settings.task.memoryMiB,
    runtimePlatform: {
      cpuArchitecture: ecs.CpuArchitecture.ARM64,
      operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
    },
    taskRole,
  });
  const image = createImage(scope, { ...props, task });
  const logGroup = new logs.LogGroup(scope, 'Logs', {
    logGroupName: `/tandem/${names.of(service)}`,
    retention: settings.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
    ...(key ? { encryptionKey: key } : {}),
  });
  sendToAuditTrail(scope, [logGroup], names);
  const { headersSecretName } = traceEndpoint(settings) ?? {};
  // PID 1 ignores SIGTERM until it has a handler; the init process forwards it.
  const linux = new ecs.LinuxParameters(scope, 'Init', { initProcessEnabled: true });
  // A service opens a port above 1023 as user 1000: it needs none of the rights of root.
  linux.dropCapabilities(ecs.Capability.ALL);
  task.addContainer(service, {
    image,
    user: '1000',
    readonlyRootFilesystem: true,
    stopTimeout: STOP_TIMEOUT,
    linuxParameters: linux,
    portMappings: [{ containerPort: CONTAINER_PORT }],
    environment: serviceEnvironment(service, { settings, names, port: CONTAINER_PORT }),
    secrets: headersSecretName
      ? {
          OTEL_EXPORTER_OTLP_HEADERS: ecs.Secret.fromSecretsManager(
            secretsmanager.Secret.fromSecretNameV2(scope, 'TraceHeaders', headersSecretName),
          ),
        }
      : {},
    healthCheck: {
      command: HEALTH_CHECK,
      interval: Duration.seconds(30),
      timeout: Duration.seconds(5),
      startPeriod: Duration.seconds(30),
    },
    logging: ecs.LogDrivers.awsLogs({
      streamPrefix: service,
      // Slow log delivery must not block requests.
      mode: ecs.AwsLogDriverMode.NON_BLOCKING,
      maxBufferSize: Size.mebibytes(4),
      logGroup,
    }),
  });
  acknowledge(task, {
    'AwsSolutions-ECS2':
      'the variables are names, addresses and limits; the only secret comes from Secrets Manager',
  });
  const statements = taskGrants(service, names, key);
  // Permissions must exist before a task starts.
  if (statements.length > 0)
    task.node.addDependency(new iam.Policy(scope, 'TaskGrants', { roles: [taskRole], statements }));
  const traceGrants = grantTraces(scope, 'TaskTraceGrants', { role: taskRole, settings });
  if (traceGrants) task.node.addDependency(traceGrants);
  const executionRole = task.obtainExecutionRole();
  acknowledge(executionRole, {
    'AwsSolutions-IAM5[Resource::*]':
      'ecr:GetAuthorizationToken does not support resources; the image is pulled by its ARN',
  });
  return task;
}

/** Security group of tasks: ingress from the load balancer only, or none without paths; egress by HTTPS only. */
export function taskSecurityGroup(
  scope: Construct,
  { service, network, settings }: TaskProps,
): ec2.SecurityGroup {
  const requests = topology.services[service].paths.length > 0 ? 'requests from the load balancer, ' : '';
  const securityGroup = new ec2.SecurityGroup(scope, 'Tasks', {
    vpc: network.vpc,
    description: `Tasks: ${requests}calls over HTTPS`,
    allowAllOutbound: false,
  });
  securityGroup.addEgressRule(
    settings.egress === 'ipv6' ? ec2.Peer.anyIpv6() : ec2.Peer.anyIpv4(),
    ec2.Port.HTTPS,
  );
  return securityGroup;
}
