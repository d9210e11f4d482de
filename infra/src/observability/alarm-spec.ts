import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';

/** The sections of the runbook: the anchors of `docs/runbook.md`. */
export type RunbookSection =
  | 'errors'
  | 'balancer-errors'
  | 'latency'
  | 'rejected-tokens'
  | 'missing-tasks'
  | 'throttled-table'
  | 'old-messages'
  | 'dead-letters'
  | 'parked-events'
  | 'late-relay'
  | 'throttled-functions'
  | 'silent-relay'
  | 'unpublished-changes'
  | 'stock-hoarding'
  | 'oversold-stock'
  | 'filtered-events'
  | 'unknown-events'
  | 'tasks-at-their-maximum'
  | 'memory'
  | 'table-near-its-limit'
  | 'nat-gateway'
  | 'requests-impaired'
  | 'events-impaired'
  | 'certificate'
  | 'deployment-rolled-back'
  | 'backup-failed'
  | 'shop-unreachable'
  | 'silent-probe'
  | 'a-region-or-sns-is-down';

/**
 * How soon an alarm has to be handled. A page wakes somebody: shoppers are affected now, or data is lost before the next
 * working day. A ticket waits for it.
 */
export type Severity = 'page' | 'ticket';

/** What the alarms of an outage have in common: one notification for all of them. */
export type Outage = 'requests-impaired' | 'events-impaired';

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
  readonly severity: Severity;
  /** The reason for the severity. */
  readonly because: string;
  /** Outage whose composite alarm notifies instead of this alarm, with the same severity. */
  readonly outage?: Outage;
}
