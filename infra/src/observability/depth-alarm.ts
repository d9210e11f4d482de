import { Duration } from 'aws-cdk-lib';
import type { AlarmSpec, RunbookSection } from './alarm-spec.ts';
import type { Metrics } from './metrics.ts';

/** Alarm for any message in a queue that should be empty. */
export function depthAlarm(
  queue: string,
  metrics: Metrics,
  section: RunbookSection,
  description: string,
): AlarmSpec {
  return {
    id: queue,
    metric: metrics.depth(queue, Duration.minutes(1)),
    threshold: 1,
    periods: 1,
    description,
    section,
    severity: 'ticket',
    because: 'the message is kept for 14 days, and the next event of the same item repairs most',
  };
}
