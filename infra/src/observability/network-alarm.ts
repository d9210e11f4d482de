import { Duration } from 'aws-cdk-lib';
import type { AlarmSpec } from './alarm-spec.ts';
import type { Metrics } from './metrics.ts';

/** In five minutes. A few packets are dropped whenever AWS maintains a gateway. */
const MAX_FAULTS = 10;

/** Alarm for NAT gateways that drop packets or have no port left; none without gateways of our own. */
export function natAlarms(gateways: readonly string[], metrics: Metrics): AlarmSpec[] {
  if (gateways.length === 0) return [];
  return [
    {
      id: 'nat-gateway',
      metric: metrics.natFaults(gateways, Duration.minutes(5)),
      threshold: MAX_FAULTS,
      periods: 3,
      description:
        'A NAT gateway has dropped packets, or had no port for a connection, for 15 minutes. First: check its zone in the AWS Health dashboard, then how many connections the tasks hold.',
      section: 'nat-gateway',
      severity: 'ticket',
      because: 'if tasks cannot reach what they need, late events and failing requests page',
    },
  ];
}
