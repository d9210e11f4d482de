import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ServiceName } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';

/**
 * Alarms that take a deployment back while it runs: quicker and stricter than those that call somebody, and they
 * live with the service, which refuses a deployment whose alarms do not exist. Resolves to their names.
 */
export function deploymentAlarms(
  scope: Construct,
  service: ServiceName,
  { names, targetGroup }: { readonly names: Names; readonly targetGroup: elbv2.ApplicationTargetGroup },
): string[] {
  const period = Duration.minutes(1);
  const { metrics } = targetGroup;
  const alarms = {
    errors: {
      metric: metrics.httpCodeTarget(elbv2.HttpCodeTarget.TARGET_5XX_COUNT, { period, statistic: 'Sum' }),
      threshold: 5,
      what: 'five answers of 5xx in a minute',
    },
    latency: {
      metric: metrics.targetResponseTime({ period, statistic: 'p99' }),
      threshold: 1,
      what: 'a p99 of one second',
    },
  };
  return Object.entries(alarms).map(([id, { metric, threshold, what }]) => {
    const alarmName = names.of(`${service}-deployment-${id}`);
    new cloudwatch.Alarm(scope, `Deployment-${id}`, {
      alarmName,
      alarmDescription: `A deployment of ${service} under which there is ${what} is rolled back.`,
      metric,
      threshold,
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    return alarmName;
  });
}
