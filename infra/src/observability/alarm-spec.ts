import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';

/** The sections of the runbook: the anchors of `docs/runbook.md`. */
export type RunbookSection =
  | 'errors'
  | 'balancer-errors'
  | 'latency'
  | 'missing-tasks'
  | 'throttled-table'
  | 'old-messages'
  | 'dead-letters'
  | 'undelivered-events'
  | 'parked-events'
  | 'late-relay'
  | 'failing-relay'
  | 'silent-relay'
  | 'given-up-changes'
  | 'somebody-hoards-stock'
  | 'a-sale-exceeds-the-stock';

/** When somebody is called, and what they do first. */
export interface AlarmSpec {
  /** Unique within the deployment. */
  readonly id: string;
  readonly metric: IMetric;
  /** Breached where the metric is at least this, or, `below`, less than it. */
  readonly threshold: number;
  readonly below?: boolean;
  /** How many periods of the metric are evaluated. */
  readonly periods: number;
  /** How many of them have to be breached; default: all. */
  readonly breachedPeriods?: number;
  /** Whether silence is a breach as well. */
  readonly silenceBreaches?: boolean;
  readonly description: string;
  readonly section: RunbookSection;
}
