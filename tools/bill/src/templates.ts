import type { StackName, Templates } from '../../../infra/src/testing/synth.ts';
import { backupFacts } from './backup-facts.ts';
import type { Facts, ServiceFacts } from './facts.ts';
import { alarmMetrics, type Find, functionServiceFacts, probeFacts, relayFacts } from './function-facts.ts';
import { BILLED, FREE } from './resource-types.ts';
import { contributorRules, listed, type Properties, sum, tableFacts } from './table-facts.ts';

/** Properties of all resources of a type, in all stacks or in one. */
type All = (type: string, stack?: string) => Properties[];

/** Reads cost-relevant facts from templates. Throws for a resource type that is not classified as free or billed. */
export function factsOf(templates: Templates): Facts {
  const resources = Object.entries(templates).flatMap(([stack, { Resources }]) =>
    Object.entries(Resources).map(([id, resource]) => ({ stack, id, ...resource })),
  );
  const types = new Set(resources.map(({ Type }) => Type));
  const unknown = [...types].filter((type) => !FREE.has(type) && !BILLED.has(type)).sort();
  if (unknown.length > 0)
    throw new Error(
      `No cost is defined for ${unknown.join(', ')}. Classify it in tools/bill/src/resource-types.ts, and add a line if it is billed.`,
    );
  const find: Find = (type, stack) =>
    resources.filter(
      (resource) => resource.Type === type && (stack === undefined || resource.stack === stack),
    );
  const all: All = (type, stack) => find(type, stack).map(({ Properties }) => Properties);
  /** Facts of each stack that has some. */
  const byStack = <T>(factsOfStack: (stack: string) => T | undefined): Record<string, T> =>
    Object.fromEntries(
      Object.keys(templates).flatMap((stack) => {
        const facts = factsOfStack(stack);
        return facts === undefined ? [] : [[stack, facts]];
      }),
    );

  const [budget] = all('AWS::Budgets::Budget');
  const tables = all('AWS::DynamoDB::GlobalTable');
  const backups = backupFacts(all('AWS::Backup::BackupPlan'));
  const probe = probeFacts(find);
  const distributions = all('AWS::CloudFront::Distribution').length;
  const firewalls = all('AWS::WAFv2::WebACL');
  const endpoints = all('AWS::EC2::VPCEndpoint').filter(
    ({ VpcEndpointType }) => VpcEndpointType === 'Interface',
  );
  return {
    ...(budget && { budget: Number(budget['Budget']?.BudgetLimit?.Amount) }),
    balancers: balancerFacts(all),
    ...(distributions > 0 && { distributions }),
    firewalls: { count: firewalls.length, rules: sum(firewalls, ({ Rules }) => listed(Rules).length) },
    network: {
      natGateways: all('AWS::EC2::NatGateway').length,
      addresses: all('AWS::EC2::EIP').length,
      endpointZones: sum(endpoints, ({ SubnetIds }) => listed(SubnetIds).length),
      flowLogs: all('AWS::EC2::FlowLog').length,
    },
    services: byStack((stack) => serviceFacts(stack, all)),
    tables: tables.flatMap(tableFacts),
    isBackedUp: tables.some(
      ({ Replicas }) => Replicas?.[0]?.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled === true,
    ),
    ...(backups && { backups }),
    functions: byStack((stack) => functionServiceFacts(find, stack)),
    ...(probe && { probe }),
    relays: byStack((stack) => relayFacts(find, stack)),
    encryption: {
      topicsAndQueues: [...all('AWS::SNS::Topic'), ...all('AWS::SQS::Queue')].filter(
        ({ KmsMasterKeyId }) => KmsMasterKeyId !== undefined,
      ).length,
      keys: all('AWS::KMS::Key').length,
    },
    watch: watchFacts(all, alarmMetrics(find('AWS::CloudWatch::Alarm'))),
    secrets: secretsOf(all),
    ...xrayShareOf(all),
    hostedZones: new Set(
      all('AWS::Route53::RecordSet').map(({ HostedZoneId }) => JSON.stringify(HostedZoneId)),
    ).size,
    auditTrail: {
      streams: all('AWS::KinesisFirehose::DeliveryStream').length,
      days: Math.max(0, ...expiryDays(all, 'events')),
    },
  };
}

/** The sampled share of tasks that sign their exports, as X-Ray requires. */
function xrayShareOf(all: All): Pick<Facts, 'xrayShare'> {
  const variables = all('AWS::ECS::TaskDefinition')
    .flatMap(({ ContainerDefinitions }) => listed(ContainerDefinitions))
    .flatMap(({ Environment }) => listed(Environment));
  const valueOf = (name: string) => variables.find(({ Name }) => Name === name)?.['Value'];
  if (valueOf('OTEL_EXPORTER_OTLP_SIGNED') !== 'true') return {};
  return { xrayShare: Number(valueOf('OTEL_TRACES_SAMPLER_ARG')) };
}

/** Secrets of the stacks, and those made by hand that tasks refer to. */
function secretsOf(all: All): number {
  const referred = all('AWS::ECS::TaskDefinition')
    .flatMap(({ ContainerDefinitions }) => listed(ContainerDefinitions))
    .flatMap(({ Secrets }) => listed(Secrets))
    .map(({ ValueFrom }) => JSON.stringify(ValueFrom));
  return all('AWS::SecretsManager::Secret').length + new Set(referred).size;
}

/** Facts of a stack with tasks. */
function serviceFacts(stack: string, all: All): ServiceFacts | undefined {
  const [task, ...others] = all('AWS::ECS::TaskDefinition', stack);
  if (others.length > 0) throw new Error(`${stack} has more than one task definition.`);
  if (!task) return undefined;
  const [scaling] = all('AWS::ApplicationAutoScaling::ScalableTarget', stack);
  const [service] = all('AWS::ECS::Service', stack);
  const min = scaling?.['MinCapacity'] ?? service?.['DesiredCount'];
  if (min === undefined) throw new Error(`${stack} has neither a ScalableTarget nor a DesiredCount.`);
  const requests = all('AWS::ApplicationAutoScaling::ScalingPolicy', stack)
    .map((policy) => policy['TargetTrackingScalingPolicyConfiguration'])
    .find(isByRequests);
  const [targets] = all('AWS::ElasticLoadBalancingV2::TargetGroup', stack);
  const variables = listed(listed(task['ContainerDefinitions'])[0]?.['Environment']);
  const receivePause = variables.find(({ Name }) => Name === 'RECEIVE_PAUSE_MS');
  if (!receivePause) throw new Error(`The tasks of ${stack} have no RECEIVE_PAUSE_MS.`);
  return {
    vcpu: Number(task['Cpu']) / 1024,
    memoryGb: Number(task['Memory']) / 1024,
    isArm: task['RuntimePlatform']?.CpuArchitecture === 'ARM64',
    tasks: { min, max: scaling?.['MaxCapacity'] ?? min },
    ...(requests && { requestsPerTaskAndMinute: Number(requests.TargetValue) }),
    ...(targets && { readinessIntervalSeconds: Number(targets['HealthCheckIntervalSeconds']) }),
    receivePauseSeconds: Number(receivePause['Value']) / 1_000,
  };
}

/** Whether a target tracking policy follows requests: by AWS's predefined metric, or by that of several target groups. */
function isByRequests(tracking: Properties | undefined): boolean {
  const { PredefinedMetricSpecification: predefined, CustomizedMetricSpecification: customized } =
    tracking ?? {};
  return (
    predefined?.PredefinedMetricType === 'ALBRequestCountPerTarget' ||
    listed(customized?.Metrics).some(
      ({ MetricStat }) => MetricStat?.Metric?.MetricName === 'RequestCountPerTarget',
    )
  );
}

function balancerFacts(all: All): Facts['balancers'] {
  const balancers = all('AWS::ElasticLoadBalancingV2::LoadBalancer');
  const nodesOf = ({ Subnets }: Properties) => listed(Subnets).length;
  const attribute = (key: string): unknown =>
    listed(balancers[0]?.['LoadBalancerAttributes']).find(({ Key }) => Key === key)?.['Value'];
  const prefix = attribute('access_logs.s3.prefix');
  const hasPublicAddress = ({ IpAddressType, Scheme }: Properties) =>
    IpAddressType !== 'dualstack-without-public-ipv4' && Scheme === 'internet-facing';
  return {
    count: balancers.length,
    nodes: sum(balancers, nodesOf),
    publicAddresses: sum(balancers.filter(hasPublicAddress), nodesOf),
    idleSeconds: Number(attribute('idle_timeout.timeout_seconds') ?? 60),
    ...(attribute('access_logs.s3.enabled') === 'true' && { accessLogDays: accessLogDays(all, prefix) }),
  };
}

/** Retention of access logs: the shortest of the rules that apply to their prefix. */
function accessLogDays(all: All, prefix: unknown): number {
  const rules = all('AWS::S3::Bucket', 'network').flatMap(({ LifecycleConfiguration }) =>
    listed(LifecycleConfiguration?.Rules),
  );
  const days = rules
    .filter(({ Prefix = '' }) => `${String(prefix)}/AWSLogs/`.startsWith(String(Prefix)))
    .map(({ ExpirationInDays }) => Number(ExpirationInDays));
  if (days.length === 0)
    throw new Error('The access logs have no lifecycle rule: the bill needs their retention.');
  return Math.min(...days);
}

/** Days after which objects expire in the buckets of a stack. */
function expiryDays(all: All, stack: StackName): number[] {
  return all('AWS::S3::Bucket', stack)
    .flatMap(({ LifecycleConfiguration }) => listed(LifecycleConfiguration?.Rules))
    .map(({ ExpirationInDays }) => Number(ExpirationInDays));
}

function watchFacts(all: All, alarmMetrics: number): Facts['watch'] {
  if (all('AWS::Logs::LogGroup').some(({ LogGroupClass }) => LogGroupClass === 'INFREQUENT_ACCESS'))
    throw new Error(
      'A log group has the class INFREQUENT_ACCESS, whose cost is not defined. Add it to tools/bill/src/rows.ts.',
    );
  return {
    alarmMetrics,
    logRetentionDays: Math.max(
      0,
      ...all('AWS::Logs::LogGroup').map(({ RetentionInDays }) => Number(RetentionInDays)),
    ),
    compositeAlarms: all('AWS::CloudWatch::CompositeAlarm').length,
    scalingPolicies: all('AWS::ApplicationAutoScaling::ScalingPolicy').filter(
      ({ PolicyType }) => PolicyType === 'TargetTrackingScaling',
    ).length,
    dashboards: all('AWS::CloudWatch::Dashboard').length,
    contributorRules: sum(all('AWS::DynamoDB::GlobalTable'), contributorRules),
    insightsClusters: all('AWS::ECS::Cluster')
      .flatMap(({ ClusterSettings }) => listed(ClusterSettings))
      .filter(({ Name, Value }) => Name === 'containerInsights' && Value !== 'disabled').length,
  };
}
