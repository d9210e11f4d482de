import { Duration } from 'aws-cdk-lib';
import type { ServiceName, TableName } from '@tandem/contracts/topology';
import type { AlarmSpec } from './alarm-spec.ts';
import type { CapacityLimits, Metrics } from './metrics.ts';
import type { trafficMetrics } from './traffic-metrics.ts';

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);
const MAX_MEMORY_PERCENT = 90;
const MAX_USED_CAPACITY_PERCENT = 80;

export interface TaskSaturation {
  readonly metrics: Metrics;
  /** None for a service without paths. */
  readonly traffic: ReturnType<typeof trafficMetrics> | undefined;
  readonly tasks: { readonly min: number; readonly max: number };
}

/** Alarms for a service whose tasks have no reserve left: there are no more, or their memory is full. */
export function taskSaturationAlarms(
  service: ServiceName,
  { metrics, traffic, tasks: { min, max } }: TaskSaturation,
): AlarmSpec[] {
  const memory: AlarmSpec = {
    id: `${service}-memory`,
    metric: metrics.memory(service, FIVE_MINUTES),
    threshold: MAX_MEMORY_PERCENT,
    periods: 3,
    description: `A task of ${service} has used ${MAX_MEMORY_PERCENT} % or more of its memory for 15 minutes. First: compare with the time of its last deployment: does it grow without end?`,
    section: 'memory',
    severity: 'ticket',
    because: 'ECS replaces a task whose memory is full; too few tasks page',
  };
  // Where both are equal, the number was chosen.
  if (min === max) return [memory];
  return [
    memory,
    {
      id: `${service}-tasks-at-maximum`,
      metric: traffic?.healthyTasks(MINUTE) ?? metrics.runningTasks(service),
      threshold: max,
      // The newest minutes are not published yet.
      periods: 17,
      breachedPeriods: 15,
      description: `${service} has had its maximum of ${max} tasks for 15 minutes: scaling can add none. First: check whether more shoppers came, or one client, or a slow table.`,
      section: 'tasks-at-their-maximum',
      severity: 'ticket',
      because: 'all requests are still answered; if they are not, that pages',
    },
  ];
}

/** Alarm for a table that has almost reached its limits: beyond, calls are throttled. Its indexes have the same limits and are used less. */
export function tableSaturationAlarm(table: TableName, metrics: Metrics, limits: CapacityLimits): AlarmSpec {
  return {
    id: `${table}-near-limit`,
    metric: metrics.usedCapacity(table, limits, FIVE_MINUTES),
    threshold: MAX_USED_CAPACITY_PERCENT,
    periods: 2,
    description: `Table ${table} has used ${MAX_USED_CAPACITY_PERCENT} % or more of its limit of ${limits.reads} read or ${limits.writes} write units a second for ten minutes. First: check whether more shoppers came, an import runs, or one client.`,
    section: 'table-near-its-limit',
    severity: 'ticket',
    because: 'nothing is throttled yet',
  };
}
