import { Duration } from 'aws-cdk-lib';
import type { AlarmSpec } from './alarm-spec.ts';
import type { Metrics } from './metrics.ts';
import { probedRequests } from './traffic-metrics.ts';

/** Periods of the alarms, each with one run. */
const RUNS = 3;

/**
 * Alarms of the scheduled probe. Its own requests make sure that the load balancer has some at night: none in a period with a run
 * means that the public URL leads elsewhere.
 */
export function probeAlarms(everyMinutes: number, metrics: Metrics, loadBalancer: string): AlarmSpec[] {
  const period = Duration.minutes(everyMinutes);
  const minutes = RUNS * everyMinutes;
  const common = { severity: 'page', outage: 'requests-impaired', section: 'shop-unreachable' } as const;
  return [
    {
      ...common,
      id: 'probe-failed',
      metric: metrics.probeErrors(period),
      threshold: 1,
      periods: RUNS,
      breachedPeriods: 2,
      description: `The probe, which lists the catalog and opens a cart through the public URL, failed in two of ${RUNS} runs. First: read the request that failed in the log of the function, and send it yourself.`,
      because: 'shoppers can neither see products nor fill a cart',
    },
    {
      ...common,
      id: 'no-traffic',
      metric: probedRequests(metrics.probeRuns(period), loadBalancer, period),
      threshold: 1,
      below: true,
      periods: RUNS,
      description: `No request, not even one of the probe, has reached the load balancer for ${minutes} minutes. First: compare what the domain resolves to with the load balancer or the distribution.`,
      because: 'shoppers reach something else, or nothing',
    },
    {
      id: 'probe-silent',
      metric: metrics.probeRuns(period),
      threshold: 1,
      below: true,
      periods: RUNS,
      missingDataBreaches: true,
      description: `The probe has not run for ${minutes} minutes, so that nothing notices an unreachable shop. First: check that its rule is enabled, and whether Lambda throttles.`,
      section: 'silent-probe',
      severity: 'ticket',
      because: 'the alarms on requests still page',
    },
  ];
}
