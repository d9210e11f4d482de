import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { ServiceName } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { type ObservedTraffic, trafficMetrics } from '../observability/traffic-metrics.ts';

const PERIOD = Duration.minutes(1);
/**
 * Two minutes that are breached are enough, of the last four: the newest are not published yet. Where an expression fills in
 * what is missing they look like minutes without a request, and an alarm that needs them would never ring.
 */
const BREACHED_PERIODS = 2;
const PERIODS = 4;

/**
 * Alarms that take a deployment back while it runs: quicker and stricter than those that call somebody, and they
 * live with the service, which refuses a deployment whose alarms do not exist.
 */
export function deploymentAlarms(
  scope: Construct,
  service: ServiceName,
  { names, traffic }: { readonly names: Names; readonly traffic: ObservedTraffic },
): { readonly alarmNames: string[]; readonly alarms: readonly cloudwatch.Alarm[] } {
  const metrics = trafficMetrics(traffic);
  const triggers = {
    errors: { metric: metrics.serverErrors(PERIOD), threshold: 5, what: 'five answers of 5xx in a minute' },
    // What the balancer answers by itself is told of all services together: it would take back one for another's fault.
    connections: {
      metric: metrics.connectionErrors(PERIOD),
      threshold: 5,
      what: 'five refused connections in a minute',
    },
    latency: { metric: metrics.latency(PERIOD), threshold: 1, what: 'a p99 of one second' },
  };
  const alarms = Object.entries(triggers).map(([id, { metric, threshold, what }]) => {
    const alarmName = names.of(`${service}-deployment-${id}`);
    const alarm = new cloudwatch.Alarm(scope, `Deployment-${id}`, {
      alarmName,
      alarmDescription: `A deployment of ${service} under which there is ${what} is rolled back.`,
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
