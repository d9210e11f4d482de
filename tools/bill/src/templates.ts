import type { StackName, Templates } from '../../../infra/src/testing/synth.ts';
import type { BalancerFacts, Facts, RelayFacts, ServiceFacts, WatchFacts } from './facts.ts';
import { BILLED, FREE } from './resource-types.ts';
import { contributorRules, listed, type Properties, sum, tableFacts } from './table-facts.ts';

/** Properties of all resources of a type, in all stacks or in one. */
type All = (type: string, stack?: string) => Properties[];

/** Reads cost-relevant facts from templates. Throws for a resource type that is not classified as free or billed. */
export function factsOf(templates: Templates): Facts {
  const resources = Object.entries(templates).flatMap(([stack, { Resources }]) =>
    Object.values(Resources).map((resource) => ({ stack, ...resource })),
  );
  const types = new Set(resources.map(({ Type }) => Type));
  const unknown = [...types].filter((type) => !FREE.has(type) && !BILLED.has(type)).sort();
  if (unknown.length > 0)
    throw new Error(
      `No cost is defined for ${unknown.join(', ')}. Classify it in tools/bill/src/resource-types.ts, and add a line if it is billed.`,
    );
  const all: All = (type, stack) =>
    resources
      .filter((resource) => resource.Type === type && (stack === undefined || resource.stack === stack))
      .map(({ Properties }) => Properties);
  /** Facts of each stack that has a resource of this type: a service is a stack with tasks, a publisher one with a relay. */
  const factsByStack = <T>(
    type: string,
    factsOfStack: (resource: Properties, stack: string, all: All) => T,
  ) =>
    Object.fromEntries(
      Object.keys(templates).flatMap((stack) => {
        const [resource, ...rest] = all(type, stack);
        if (rest.length > 0) throw new Error(`${stack} has more than one ${type}.`);
        return resource ? [[stack, factsOfStack(resource, stack, all)]] : [];
      }),
    );

  const [budget] = all('AWS::Budgets::Budget');
  const tables = all('AWS::DynamoDB::GlobalTable');
  const firewalls = all('AWS::WAFv2::WebACL');
  const endpoints = all('AWS::EC2::VPCEndpoint').filter(
    ({ VpcEndpointType }) => VpcEndpointType === 'Interface',
  );
  return {
    ...(budget && { budget: Number(budget['Budget']?.BudgetLimit?.Amount) }),
    balancers: balancerFacts(all),
    firewalls: { count: firewalls.length, rules: sum(firewalls, ({ Rules }) => listed(Rules).length) },
    network: {
      natGateways: all('AWS::EC2::NatGateway').length,
      addresses: all('AWS::EC2::EIP').length,
      endpointZones: sum(endpoints, ({ SubnetIds }) => listed(SubnetIds).length),
      flowLogs: all('AWS::EC2::FlowLog').length,
    },
    services: factsByStack('AWS::ECS::TaskDefinition', serviceFacts),
    tables: tables.flatMap(tableFacts),
    isBackedUp: tables.some(
      ({ Replicas }) => Replicas?.[0]?.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled === true,
    ),
    relays: factsByStack('AWS::Lambda::EventSourceMapping', relayFacts),
    encryption: {
      topicsAndQueues: [...all('AWS::SNS::Topic'), ...all('AWS::SQS::Queue')].filter(
        ({ KmsMasterKeyId }) => KmsMasterKeyId !== undefined,
      ).length,
      keys: all('AWS::KMS::Key').length,
    },
    watch: watchFacts(all),
    secrets: all('AWS::SecretsManager::Secret').length,
  };
}

function serviceFacts(task: Properties, stack: string, all: All): ServiceFacts {
  const [scaling] = all('AWS::ApplicationAutoScaling::ScalableTarget', stack);
  const [service] = all('AWS::ECS::Service', stack);
  const min = scaling?.['MinCapacity'] ?? service?.['DesiredCount'];
  if (min === undefined) throw new Error(`${stack} has neither a ScalableTarget nor a DesiredCount.`);
  const requests = all('AWS::ApplicationAutoScaling::ScalingPolicy', stack)
    .map((policy) => policy['TargetTrackingScalingPolicyConfiguration'])
    .find(
      (tracking) =>
        tracking?.PredefinedMetricSpecification?.PredefinedMetricType === 'ALBRequestCountPerTarget',
    );
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

function relayFacts(mapping: Properties, stack: string, all: All): RelayFacts {
  const [relay] = all('AWS::Lambda::Function', stack);
  return {
    memoryGb: Number(relay?.['MemorySize']) / 1024,
    isArm: relay?.['Architectures']?.[0] === 'arm64',
    windowSeconds: Number(mapping['MaximumBatchingWindowInSeconds'] ?? 0),
    batchSize: Number(mapping['BatchSize']),
  };
}

function balancerFacts(all: All): BalancerFacts {
  const balancers = all('AWS::ElasticLoadBalancingV2::LoadBalancer');
  const nodesOf = ({ Subnets }: Properties) => listed(Subnets).length;
  const attribute = (key: string): unknown =>
    listed(balancers[0]?.['LoadBalancerAttributes']).find(({ Key }) => Key === key)?.['Value'];
  const days = all('AWS::S3::Bucket', 'network' satisfies StackName)
    .flatMap(({ LifecycleConfiguration }) => listed(LifecycleConfiguration?.Rules))
    .map(({ ExpirationInDays }) => Number(ExpirationInDays));
  const hasPublicAddress = ({ IpAddressType, Scheme }: Properties) =>
    IpAddressType !== 'dualstack-without-public-ipv4' && Scheme === 'internet-facing';
  return {
    count: balancers.length,
    nodes: sum(balancers, nodesOf),
    publicAddresses: sum(balancers.filter(hasPublicAddress), nodesOf),
    idleSeconds: Number(attribute('idle_timeout.timeout_seconds') ?? 60),
    ...(attribute('access_logs.s3.enabled') === 'true' && { accessLogDays: Math.max(...days) }),
  };
}

function watchFacts(all: All): WatchFacts {
  if (all('AWS::Logs::LogGroup').some(({ LogGroupClass }) => LogGroupClass === 'INFREQUENT_ACCESS'))
    throw new Error(
      'A log group has the class INFREQUENT_ACCESS, whose cost is not defined. Add it to tools/bill/src/lines/observability.ts.',
    );
  return {
    // Each metric of an alarm is billed.
    alarmMetrics: sum(all('AWS::CloudWatch::Alarm'), ({ Metrics }) =>
      Metrics ? listed(Metrics).filter(({ MetricStat }) => MetricStat !== undefined).length : 1,
    ),
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
