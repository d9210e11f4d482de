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
  | 'unpublished-changes'
  | 'stock-hoarding'
  | 'oversold-stock';

/** An alarm: its condition, its description with the first step for the operator on call, and its section of the runbook. */
export interface AlarmSpec {
  /** Unique within the deployment. */
  readonly id: string;
  readonly metric: IMetric;
  /** Breached when the metric is at least this value; with `below`, when it is less. */
  readonly threshold: number;
  readonly below?: boolean;
  /** Number of periods that are evaluated. */
  readonly periods: number;
  /** Number of evaluated periods that have to be breached; default: all. */
  readonly breachedPeriods?: number;
  /** Whether missing data is a breach; default: no. */
  readonly missingDataBreaches?: boolean;
  readonly description: string;
  readonly section: RunbookSection;
}
