import { Duration } from 'aws-cdk-lib';
import type { ServiceName } from '@tandem/contracts/topology';
import type { AlarmSpec } from './alarm-spec.ts';
import { balancerErrors, type ObservedTraffic, trafficMetrics } from './traffic-metrics.ts';

const FIVE_MINUTES = Duration.minutes(5);

/** Alarms for requests that no task answered, which the services' own alarms cannot see. */
export function balancerAlarms(
  loadBalancer: string,
  traffic: Readonly<Record<ServiceName, ObservedTraffic>>,
): AlarmSpec[] {
  const connections = Object.entries(traffic).map(([service, observed]): AlarmSpec => ({
    id: `${service}-connections`,
    metric: trafficMetrics(observed).connectionErrors(FIVE_MINUTES),
    threshold: 10,
    periods: 1,
    description: `The load balancer did not get 10 connections or more to tasks of ${service} in five minutes. First: was it just deployed? Then read why its last tasks stopped.`,
    section: 'balancer-errors',
  }));
  return [
    {
      id: 'edge-errors',
      metric: balancerErrors(loadBalancer, FIVE_MINUTES),
      threshold: 10,
      periods: 1,
      description:
        'The load balancer itself answered 10 requests or more with 5xx in five minutes, for want of a task that did. First: which service has too few healthy tasks?',
      section: 'balancer-errors',
    },
    ...connections,
  ];
}
