import { Duration } from 'aws-cdk-lib';
import type { AlarmSpec } from './alarm-spec.ts';
import { balancerErrors, distributionErrors } from './traffic-metrics.ts';

/** Alarm for requests to which the load balancer itself responded, and which the alarms of the services do not count. */
export function balancerAlarm(loadBalancer: string): AlarmSpec {
  return {
    id: 'edge-errors',
    metric: balancerErrors(loadBalancer, Duration.minutes(5)),
    threshold: 10,
    periods: 1,
    description:
      'The load balancer itself returned 5xx for 10 or more requests within five minutes, because no task or function responded. First: check which service has too few healthy tasks, or a function that fails.',
    section: 'balancer-errors',
    severity: 'page',
    because: "shoppers' requests fail",
    outage: 'requests-impaired',
  };
}

/** In percent. At night a single error may be a tenth of the requests, but not again and again. */
const MAX_ERROR_PERCENT = 10;

/** Alarm for 5xx responses of CloudFront, also those that the load balancer never saw. Its metrics are in us-east-1 alone. */
export function distributionAlarm(distributionId: string): AlarmSpec {
  return {
    id: 'cloudfront-errors',
    metric: distributionErrors(distributionId, Duration.minutes(5)),
    threshold: MAX_ERROR_PERCENT,
    periods: 3,
    breachedPeriods: 2,
    description: `CloudFront returned 5xx for ${MAX_ERROR_PERCENT} % or more of the requests in two of three periods of five minutes. First: compare with the errors of the load balancer and the services; without any there, CloudFront does not reach it.`,
    section: 'balancer-errors',
    severity: 'page',
    because: "shoppers' requests fail",
    outage: 'requests-impaired',
  };
}
