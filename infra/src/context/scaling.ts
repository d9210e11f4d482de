import { type ServiceName, topology } from '@tandem/contracts/topology';
import { Duration } from 'aws-cdk-lib';
import { AdjustmentType, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Names } from '../names.ts';
import type { ObservedTraffic } from '../observability/traffic-metrics.ts';
import type { Settings } from '../settings.ts';
import { metricsNamespace } from './environment.ts';

/** Target utilization; the rest is reserve for bursts, and for the load of the other zone. */
const CPU_PERCENT = 60;
/** Conflicts of an average batch above which tasks are not added because of old messages. */
const CONFLICTS_PER_BATCH = 0.5;
const COOLDOWN = { scaleInCooldown: Duration.minutes(5), scaleOutCooldown: Duration.minutes(1) };

export interface ScalingProps {
  readonly name: ServiceName;
  readonly settings: Settings;
  readonly names: Names;
  readonly targetGroups: readonly elbv2.ApplicationTargetGroup[];
  readonly traffic: ObservedTraffic | undefined;
}

/**
 * Scales by CPU, by the age of the oldest message of each queue unless its consumers block each other, and by requests if the service is routed and a target is known;
 * the policy that requires most tasks wins.
 */
export function scale(service: ecs.FargateService, props: ScalingProps): void {
  const { name, settings, names, targetGroups, traffic } = props;
  const requestsPerTarget = settings.requestsPerTaskAndMinute[name];
  const tasks = service.autoScaleTaskCount({
    minCapacity: settings.tasks.min,
    maxCapacity: settings.tasks.max,
  });
  const [targetGroup, ...rest] = targetGroups;
  if (targetGroup && traffic && requestsPerTarget !== undefined) {
    if (rest.length === 0)
      tasks.scaleOnRequestCount('Requests', { targetGroup, requestsPerTarget, ...COOLDOWN });
    else scaleByBusiestTargetGroup(service, tasks, { traffic, requestsPerTarget });
  }
  tasks.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: CPU_PERCENT, ...COOLDOWN });
  for (const queue of topology.services[name].queues) {
    tasks.scaleOnMetric(`Age of ${queue}`, {
      metric: ageUnlessContended(names.of(queue), name, settings),
      // The conflicts of the last minute may not be published yet.
      evaluationPeriods: 2,
      // In seconds. Below the first step there is no change: the other policies scale in.
      scalingSteps: [
        { lower: 30, upper: 120, change: 1 },
        { lower: 120, change: 2 },
      ],
      adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
      cooldown: Duration.minutes(2),
    });
  }
}

/**
 * The age of the oldest message of a queue in seconds; 0 while its consumers wait for each other: as many conflicts a batch as four
 * tasks have on one product (`npm run hot-product`), where a further task adds conflicts and no throughput.
 */
function ageUnlessContended(
  queueName: string,
  service: ServiceName,
  settings: Settings,
): cloudwatch.MathExpression {
  const period = Duration.minutes(1);
  const namespace = metricsNamespace(settings.namePrefix);
  const own = (metricName: string, statistic: string) =>
    new cloudwatch.Metric({ namespace, metricName, dimensionsMap: { service }, statistic, period });
  return new cloudwatch.MathExpression({
    expression: `IF(FILL(conflicts, 0) > ${CONFLICTS_PER_BATCH} * FILL(batches, 0), 0, age)`,
    label: 'age of the oldest message, unless contended',
    period,
    usingMetrics: {
      age: new cloudwatch.Metric({
        namespace: 'AWS/SQS',
        metricName: 'ApproximateAgeOfOldestMessage',
        dimensionsMap: { QueueName: queueName },
        statistic: 'Maximum',
        period,
      }),
      conflicts: own('ConflictsRetried', 'Sum'),
      batches: own('ConsumerBatchSize', 'SampleCount'),
    },
  });
}

/**
 * Scales by the target group with most requests per task. AWS's predefined metric is of one group, but a canary alternates
 * between two, one of which is empty. The construct does not support expressions.
 */
function scaleByBusiestTargetGroup(
  service: ecs.FargateService,
  tasks: ecs.ScalableTaskCount,
  {
    traffic: { loadBalancer, targetGroups },
    requestsPerTarget,
  }: { readonly traffic: ObservedTraffic; readonly requestsPerTarget: number },
): void {
  const requests = targetGroups.map((targetGroup, i) => ({
    id: `m${i}`,
    metricStat: {
      metric: {
        namespace: 'AWS/ApplicationELB',
        metricName: 'RequestCountPerTarget',
        dimensions: [
          { name: 'LoadBalancer', value: loadBalancer },
          { name: 'TargetGroup', value: targetGroup },
        ],
      },
      stat: 'Sum',
    },
    returnData: false,
  }));
  const busiest = `MAX([${requests.map(({ id }) => `FILL(${id}, 0)`).join(', ')}])`;
  new CfnScalingPolicy(service, 'BusiestTargets', {
    policyName: 'busiest-targets',
    policyType: 'TargetTrackingScaling',
    scalingTargetId: tasks.scalableTargetRef.resourceId,
    targetTrackingScalingPolicyConfiguration: {
      customizedMetricSpecification: {
        metrics: [...requests, { id: 'busiest', expression: busiest, returnData: true }],
      },
      targetValue: requestsPerTarget,
      scaleInCooldown: COOLDOWN.scaleInCooldown.toSeconds(),
      scaleOutCooldown: COOLDOWN.scaleOutCooldown.toSeconds(),
    },
  });
}

/** Fargate, or Spot for tasks beyond the minimum. Never a launch type, which could only be changed by a new service. */
export function capacityProviders({ spot, tasks }: Settings): ecs.CapacityProviderStrategy[] {
  if (!spot) return [{ capacityProvider: 'FARGATE', weight: 1 }];
  return [
    { capacityProvider: 'FARGATE', base: tasks.min, weight: 0 },
    { capacityProvider: 'FARGATE_SPOT', weight: 1 },
  ];
}

/** Forces a new deployment when the strategy changes, which ECS requires. */
export function redeployWithStrategy(
  service: ecs.FargateService,
  strategy: readonly ecs.CapacityProviderStrategy[],
): void {
  (service.node.defaultChild as ecs.CfnService).forceNewDeployment = {
    enableForceNewDeployment: true,
    forceNewDeploymentNonce: strategy
      .map(({ capacityProvider, base = 0, weight = 0 }) => `${capacityProvider}:${base}:${weight}`)
      .join(),
  };
}
