import { Duration } from 'aws-cdk-lib';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { AlarmSpec } from './alarm-spec.ts';
import type { Metrics } from './metrics.ts';
import type { trafficMetrics } from './traffic-metrics.ts';

type TrafficMetrics = ReturnType<typeof trafficMetrics>;

const FIVE_MINUTES = Duration.minutes(5);
/** Of half a second or longer, so that this is a p99 of half a second. */
const MAX_SLOW_PERCENT = 1;

/** Alarms for the requests to the tasks of a service. */
export function taskRequestAlarms(service: ServiceName, traffic: TrafficMetrics): AlarmSpec[] {
  return [
    errorsAlarm(service, traffic),
    {
      id: `${service}-latency`,
      metric: traffic.slowPercent(FIVE_MINUTES),
      threshold: MAX_SLOW_PERCENT,
      periods: 3,
      description: `${MAX_SLOW_PERCENT} % or more of the requests to ${service} have taken half a second or longer for 15 minutes, without those that wait by design. First: compare the CPU of its tasks and the latency of its table on the dashboard.`,
      section: 'latency',
      severity: 'ticket',
      because: 'pages are slow, but they come; requests that fail page',
    },
  ];
}

/** Far more than clients whose session has ended send: they stop after one. */
const MAX_REJECTED_TOKENS = 100;

/** Alarm for rejected tokens of a service: an attack, or an issuer whose tokens are no longer accepted. */
export function rejectedTokensAlarm(service: ServiceName, metrics: Metrics): AlarmSpec {
  return {
    id: `${service}-rejected-tokens`,
    metric: metrics.tokensRejected(service, FIVE_MINUTES),
    threshold: MAX_REJECTED_TOKENS,
    periods: 1,
    description: `${service} rejected ${MAX_REJECTED_TOKENS} or more tokens within five minutes. First: read the reasons and the addresses in the audit lines of its log: one client, or all?`,
    section: 'rejected-tokens',
    severity: 'ticket',
    because: 'most often it is one client; if the issuer is the cause, the release of its new key has a date',
  };
}

/**
 * Alarm for 5xx responses of a service, whether it runs as tasks or as functions. Those of a service that publishes events,
 * which shoppers depend on, page.
 */
export function errorsAlarm(service: ServiceName, traffic: TrafficMetrics): AlarmSpec {
  return {
    id: `${service}-errors`,
    metric: traffic.serverErrors(FIVE_MINUTES),
    threshold: 10,
    periods: 1,
    description: `${service} returned 5xx for 10 or more requests within five minutes. First: check whether it was just deployed, then find the error in its log.`,
    section: 'errors',
    ...(isOfShop(service)
      ? { severity: 'page', because: "shoppers' requests fail", outage: 'requests-impaired' }
      : { severity: 'ticket', because: 'no shopper calls it' }),
  };
}

/** Whether shoppers depend on a service: it publishes events. The others only look on. */
export function isOfShop(service: ServiceName): boolean {
  return topology.relays[service] !== undefined;
}
