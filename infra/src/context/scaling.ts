import type { ServiceName } from '@tandem/contracts/topology';
import { Duration } from 'aws-cdk-lib';
import { AdjustmentType } from 'aws-cdk-lib/aws-applicationautoscaling';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Settings } from '../settings.ts';

/** What is left is for bursts, and for the tasks of the other zone. */
const CPU_PERCENT = 60;

export interface ScalingProps {
  readonly name: ServiceName;
  readonly settings: Settings;
  readonly queues: readonly Queue[];
  readonly targetGroup: elbv2.ApplicationTargetGroup;
}

/** Follows requests, CPU, and how long messages wait; whichever wants most tasks prevails. */
export function scale(
  service: ecs.FargateService,
  { name, settings, queues, targetGroup }: ScalingProps,
): void {
  const tasks = service.autoScaleTaskCount({
    minCapacity: settings.tasks.min,
    maxCapacity: settings.tasks.max,
  });
  tasks.scaleOnRequestCount('Requests', {
    targetGroup,
    requestsPerTarget: settings.requestsPerTaskAndMinute[name],
    scaleInCooldown: Duration.minutes(5),
    scaleOutCooldown: Duration.minutes(1),
  });
  tasks.scaleOnCpuUtilization('Cpu', {
    targetUtilizationPercent: CPU_PERCENT,
    scaleInCooldown: Duration.minutes(5),
    scaleOutCooldown: Duration.minutes(1),
  });
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

/** Beyond the tasks that always run, Spot ones. */
export function spotBeyond(base: number): ecs.CapacityProviderStrategy[] {
  return [
    { capacityProvider: 'FARGATE', base, weight: 0 },
    { capacityProvider: 'FARGATE_SPOT', weight: 1 },
  ];
}
