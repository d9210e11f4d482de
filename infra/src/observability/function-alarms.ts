import { Duration } from 'aws-cdk-lib';
import type { AlarmSpec } from './alarm-spec.ts';
import type { Metrics } from './metrics.ts';

const FIVE_MINUTES = Duration.minutes(5);

/**
 * Alarm for invocations that Lambda throttles: all functions share the concurrency of the account, so that one alarm, which
 * also counts functions of others, is enough.
 */
export function throttledFunctionsAlarm(metrics: Metrics): AlarmSpec {
  return {
    id: 'functions-throttled',
    metric: metrics.throttledInvocations(FIVE_MINUTES),
    threshold: 1,
    periods: 2,
    description:
      'Lambda throttles functions of this account. First: find out which, and what uses the concurrency of the account.',
    section: 'throttled-functions',
    severity: 'ticket',
    because: 'Lambda retries the relays and the consumers; if they fall behind, their age is what pages',
  };
}
