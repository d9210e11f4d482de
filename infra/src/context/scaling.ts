import type { ServiceName } from '@tandem/contracts/topology';
import { Duration } from 'aws-cdk-lib';
import { AdjustmentType, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { ObservedTraffic } from '../observability/traffic-metrics.ts';
import type { Settings } from '../settings.ts';

/** What is left is for bursts, and for the tasks of the other zone. */
const CPU_PERCENT = 60;
const COOLDOWN = { scaleInCooldown: Duration.minutes(5), scaleOutCooldown: Duration.minutes(1) };

export interface ScalingProps {
  readonly name: ServiceName;
  readonly settings: Settings;
  readonly queues: readonly Queue[];
  readonly targetGroups: readonly elbv2.ApplicationTargetGroup[];
  readonly traffic: ObservedTraffic;
}

/** Follows requests, CPU, and how long messages wait; whichever wants most tasks prevails. */
export function scale(service: ecs.FargateService, props: ScalingProps): void {
  const { name, settings, queues, targetGroups } = props;
  const tasks = service.autoScaleTaskCount({
    minCapacity: settings.tasks.min,
    maxCapacity: settings.tasks.max,
  });
  const [targetGroup, ...others] = targetGroups;
  if (targetGroup && others.length === 0)
    tasks.scaleOnRequestCount('Requests', {
      targetGroup,
      requestsPerTarget: settings.requestsPerTaskAndMinute[name],
      ...COOLDOWN,
    });
  else followBusiest(service, tasks, props);
  tasks.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: CPU_PERCENT, ...COOLDOWN });
  for (const queue of queues) {
    tasks.scaleOnMetric(`Age of ${queue.node.id}`, {
      metric: queue.metricApproximateAgeOfOldestMessage({
        statistic: 'Maximum',
        period: Duration.minutes(1),
      }),
      // Seconds. Below the first step nothing is asked for: the two others take tasks away again.
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
 * Follows the target group whose tasks have most requests. AWS's own metric is of one group; a canary alternates between
 * two, and of the one that is empty there is nothing to follow. The construct takes no expression.
 */
function followBusiest(
  service: ecs.FargateService,
  tasks: ecs.ScalableTaskCount,
  { name, settings, traffic: { loadBalancer, targetGroups } }: ScalingProps,
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
      targetValue: settings.requestsPerTaskAndMinute[name],
      scaleInCooldown: COOLDOWN.scaleInCooldown.toSeconds(),
      scaleOutCooldown: COOLDOWN.scaleOutCooldown.toSeconds(),
    },
  });
}

/** Fargate; or, beyond the tasks that always run, Spot. Never a launch type, which could only be left by a new service. */
export function capacityProviders({ spot, tasks }: Settings): ecs.CapacityProviderStrategy[] {
  if (!spot) return [{ capacityProvider: 'FARGATE', weight: 1 }];
  return [
    { capacityProvider: 'FARGATE', base: tasks.min, weight: 0 },
    { capacityProvider: 'FARGATE_SPOT', weight: 1 },
  ];
}

/** Has ECS begin a new deployment when the strategy changes, without which it refuses the change. */
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
