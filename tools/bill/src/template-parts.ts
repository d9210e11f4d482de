import type { TableName } from '@tandem/contracts/topology';
import type { Resource, StackName } from '../../../infra/src/testing/synth.ts';
import type { BalancerFacts, Capacity, TableFacts, WatchFacts } from './facts.ts';

/** Properties of a resource, which depend on its type. */
export type Properties = Resource['Properties'];
/** Properties of all resources of a type, in all stacks or in one. */
export type All = (type: string, stack?: StackName) => Properties[];

/** A list property; empty if it is absent. */
export const listed = (property: unknown) => (property ?? []) as Properties[];

export const sum = (all: readonly Properties[], value: (properties: Properties) => number) =>
  all.reduce((total, properties) => total + value(properties), 0);

export function balancersOf(all: All): BalancerFacts {
  const balancers = all('AWS::ElasticLoadBalancingV2::LoadBalancer');
  const nodesOf = ({ Subnets }: Properties) => listed(Subnets).length;
  const attribute = (key: string) =>
    listed(balancers[0]?.['LoadBalancerAttributes']).find(({ Key }) => Key === key)?.['Value'] as unknown;
  const days = all('AWS::S3::Bucket', 'network')
    .flatMap((it) => listed(it['LifecycleConfiguration']?.Rules))
    .map(({ ExpirationInDays }) => Number(ExpirationInDays));
  return {
    count: balancers.length,
    nodes: sum(balancers, nodesOf),
    publicAddresses: sum(
      balancers.filter(
        (it) => it['IpAddressType'] !== 'dualstack-without-public-ipv4' && it['Scheme'] === 'internet-facing',
      ),
      nodesOf,
    ),
    idleSeconds: Number(attribute('idle_timeout.timeout_seconds') ?? 60),
    ...(attribute('access_logs.s3.enabled') === 'true' ? { accessLogDays: Math.max(...days) } : {}),
  };
}

export function watchOf(all: All): WatchFacts {
  if (all('AWS::Logs::LogGroup').some((it) => it['LogGroupClass'] === 'INFREQUENT_ACCESS'))
    throw new Error(
      'A log group has the class INFREQUENT_ACCESS, whose cost is not defined. Add it to tools/bill/src/lines/observability.ts.',
    );
  return {
    alarmMetrics: sum(all('AWS::CloudWatch::Alarm'), metricsOf),
    scalingPolicies: all('AWS::ApplicationAutoScaling::ScalingPolicy').filter(
      (it) => it['PolicyType'] === 'TargetTrackingScaling',
    ).length,
    dashboards: all('AWS::CloudWatch::Dashboard').length,
    contributorRules: sum(all('AWS::DynamoDB::GlobalTable'), contributorRules),
    insightsClusters: all('AWS::ECS::Cluster')
      .flatMap((it) => listed(it['ClusterSettings']))
      .filter(({ Name, Value }) => Name === 'containerInsights' && Value !== 'disabled').length,
  };
}

/** Each metric of an alarm is billed. */
function metricsOf(alarm: Properties): number {
  const metrics = alarm['Metrics'] as Properties[] | undefined;
  return metrics ? metrics.filter((it) => it['MetricStat'] !== undefined).length : 1;
}

/** Contributor Insights rules of a table: one for the partition key, and with a sort key another one for both. */
function contributorRules(table: Properties): number {
  const [replica] = listed(table['Replicas']);
  const rulesOf = (source: Properties | undefined, keys: number) => {
    const { Enabled, Mode } = source?.['ContributorInsightsSpecification'] ?? {};
    return Enabled === true ? keys * (Mode === 'THROTTLED_KEYS' ? 1 : 2) : 0;
  };
  const ofIndexes = sum(listed(replica?.['GlobalSecondaryIndexes']), (index) => rulesOf(index, 2));
  return rulesOf(replica, listed(table['KeySchema']).length) + ofIndexes;
}

export function tableFacts(properties: Properties): TableFacts[] {
  const isOnDemand = properties['BillingMode'] === 'PAY_PER_REQUEST';
  const [replica] = properties['Replicas'] as Properties[];
  const table = String(properties['TableName']).replace(/^.*-(?=products$|carts$)/, '') as TableName;
  const capacity = (read: Properties | undefined, write: Properties | undefined) =>
    isOnDemand
      ? {
          read: onDemand(read?.['ReadOnDemandThroughputSettings']?.MaxReadRequestUnits),
          write: onDemand(write?.['WriteOnDemandThroughputSettings']?.MaxWriteRequestUnits),
        }
      : {
          read: provisioned(read?.['ReadProvisionedThroughputSettings']?.ReadCapacityAutoScalingSettings),
          write: provisioned(write?.['WriteProvisionedThroughputSettings']?.WriteCapacityAutoScalingSettings),
        };
  const indexes = (properties['GlobalSecondaryIndexes'] ?? []) as Properties[];
  const replicated = (replica?.['GlobalSecondaryIndexes'] ?? []) as Properties[];
  return [
    { table, ...capacity(replica, properties) },
    ...indexes.map((index) => {
      const name = String(index['IndexName']);
      return {
        table,
        index: name,
        ...capacity(
          replicated.find((it) => it['IndexName'] === name),
          index,
        ),
      };
    }),
  ];
}

const onDemand = (max: number | undefined): Capacity => ({
  mode: 'onDemand',
  ...(max === undefined ? {} : { max }),
});

function provisioned(scaling: Properties | undefined): Capacity {
  if (!scaling)
    throw new Error(
      'A table has provisioned capacity without auto scaling, whose cost is not defined. Add it to tools/bill/src/template-parts.ts.',
    );
  const { MinCapacity: min, MaxCapacity: max, TargetTrackingScalingPolicyConfiguration } = scaling;
  return {
    mode: 'provisioned',
    min,
    max,
    target: TargetTrackingScalingPolicyConfiguration.TargetValue / 100,
  };
}
