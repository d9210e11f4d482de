import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { ServiceName } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { type ObservedTraffic, trafficMetrics } from '../observability/traffic-metrics.ts';

const PERIOD = Duration.minutes(1);
/**
 * Two breached minutes of the last four: the newest are not published yet. Where an expression fills in missing data they look
 * like minutes without a request, and an alarm that needs them would never be raised.
 */
const BREACHED_PERIODS = 2;
const PERIODS = 4;

/**
 * Alarms that roll a deployment back while it runs: faster and stricter than those that notify operators. They are in the
 * stack of the service, because ECS rejects a deployment whose alarms do not exist.
 */
export function deploymentAlarms(
  scope: Construct,
  service: ServiceName,
  { names, traffic }: { readonly names: Names; readonly traffic: ObservedTraffic },
): { readonly alarmNames: string[]; readonly alarms: readonly cloudwatch.Alarm[] } {
  const metrics = trafficMetrics(traffic);
  const triggers = {
    errors: {
      metric: metrics.serverErrors(PERIOD),
      threshold: 5,
      condition: 'five 5xx responses within a minute',
    },
    // Not the 5xx of the load balancer itself: they are counted for all services together and would roll back the wrong one.
    connections: {
      metric: metrics.connectionErrors(PERIOD),
      threshold: 5,
      condition: 'five failed connections within a minute',
    },
    // A canary has 10 % of the requests.
    latency: {
      metric: metrics.slowPercent(PERIOD),
      threshold: 5,
      condition: '5 % of the requests that take half a second or longer, within a minute',
    },
  };
  const alarms = Object.entries(triggers).map(([id, { metric, threshold, condition }]) => {
    const alarmName = names.of(`${service}-deployment-${id}`);
    const alarm = new cloudwatch.Alarm(scope, `Deployment-${id}`, {
      alarmName,
      alarmDescription: `Rolls back a running deployment of ${service} on ${condition}.`,
      metric,
      threshold,
      evaluationPeriods: PERIODS,
      datapointsToAlarm: BREACHED_PERIODS,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    return { alarm, alarmName };
  });
  return { alarmNames: alarms.map(({ alarmName }) => alarmName), alarms: alarms.map(({ alarm }) => alarm) };
}
