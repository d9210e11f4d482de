import { Duration } from 'aws-cdk-lib';
import type { ServiceName } from '@tandem/contracts/topology';
import type { AlarmSpec } from './alarm-spec.ts';
import { balancerErrors, type ObservedTraffic, trafficMetrics } from './traffic-metrics.ts';

const FIVE_MINUTES = Duration.minutes(5);

/** Alarms for requests that never reached a task, which the alarms of the services do not count. */
export function balancerAlarms(
  loadBalancer: string,
  traffic: Readonly<Record<ServiceName, ObservedTraffic>>,
): AlarmSpec[] {
  const connections = Object.entries(traffic).map(([service, observed]): AlarmSpec => ({
    id: `${service}-connections`,
    metric: trafficMetrics(observed).connectionErrors(FIVE_MINUTES),
    threshold: 10,
    periods: 1,
    description: `The load balancer failed to connect to tasks of ${service} 10 or more times within five minutes. First: check whether it was just deployed, then why its last tasks stopped.`,
    section: 'balancer-errors',
  }));
  return [
    {
      id: 'edge-errors',
      metric: balancerErrors(loadBalancer, FIVE_MINUTES),
      threshold: 10,
      periods: 1,
      description:
        'The load balancer itself returned 5xx for 10 or more requests within five minutes, because no task responded. First: check which service has too few healthy tasks.',
      section: 'balancer-errors',
    },
    ...connections,
  ];
}
