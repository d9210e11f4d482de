import type { QueueName, ServiceName, TableName } from '@tandem/contracts/topology';
import type { FaultName } from './protocol.ts';

/** Values of equal intervals, oldest first; null where nothing was measured. */
export type Series = readonly (number | null)[];

/** Metrics of the last minutes, of a sample every five seconds. All series have the same length. */
export interface MetricsHistory {
  /** Length of an interval in milliseconds. */
  readonly stepMs: number;
  /** End of the last interval. */
  readonly endAt: number;
  readonly services: Readonly<Record<ServiceName, ServiceSeries>>;
  /** Items written by requests and consumers, per second. */
  readonly tables: Readonly<Partial<Record<TableName, { readonly writesPerSecond: Series }>>>;
  readonly queues: Readonly<Record<QueueName, QueueSeries>>;
  /** Depth of every dead-letter queue, by its name. */
  readonly deadLetters: Readonly<Record<string, Series>>;
  /** What an operator did in this time, for the time axis. */
  readonly marks: readonly FaultMark[];
}

export interface ServiceSeries {
  readonly requestsPerSecond: Series;
  /** Propagation delay from commit to apply, of the events applied in the interval. */
  readonly lagP50Ms: Series;
  readonly lagMaxMs: Series;
}

export interface QueueSeries {
  /** Visible messages and those in flight. */
  readonly backlog: Series;
  /** Age of the oldest message. */
  readonly oldestMs: Series;
}

/** A fault that was switched on or off, or a service that was killed. */
export interface FaultMark {
  readonly at: number;
  readonly service: ServiceName;
  readonly action: FaultName | 'kill';
  /** Absent for a kill. */
  readonly isOn?: boolean;
}
