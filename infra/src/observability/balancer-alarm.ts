import { Duration } from 'aws-cdk-lib';
import type { AlarmSpec } from './alarm-spec.ts';
import { balancerErrors } from './traffic-metrics.ts';

/** Alarm for requests to which the load balancer itself responded, and which the alarms of the services do not count. */
export function balancerAlarm(loadBalancer: string): AlarmSpec {
  return {
    id: 'edge-errors',
    metric: balancerErrors(loadBalancer, Duration.minutes(5)),
    threshold: 10,
    periods: 1,
    description:
      'The load balancer itself returned 5xx for 10 or more requests within five minutes, because no task responded. First: check which service has too few healthy tasks.',
    section: 'balancer-errors',
  };
}
