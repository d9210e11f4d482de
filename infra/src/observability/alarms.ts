import { Duration } from 'aws-cdk-lib';
import { type ServiceName, type TableName, topology } from '@tandem/contracts/topology';
import { VISIBILITY_TIMEOUT } from '../context/function-limits.ts';
import type { Settings } from '../settings.ts';
import type { AlarmSpec } from './alarm-spec.ts';
import { depthAlarm } from './depth-alarm.ts';
import { filteredEventsAlarm, unknownEventsAlarm } from './loss-alarms.ts';
import { type CapacityLimits, type Metrics, stockKeeper } from './metrics.ts';
import { relayAlarms } from './relay-alarms.ts';
import { errorsAlarm, isOfShop, rejectedTokensAlarm, taskRequestAlarms } from './request-alarms.ts';
import { tableSaturationAlarm, taskSaturationAlarms } from './saturation-alarms.ts';
import { stockAlarms } from './stock-alarms.ts';
import type { trafficMetrics } from './traffic-metrics.ts';

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);

/** Inputs of a context's alarms: its metrics, its load balancer metrics if it has any, and how its service runs. */
export interface ContextAlarmInputs {
  readonly metrics: Metrics;
  readonly traffic: ReturnType<typeof trafficMetrics> | undefined;
  /** Bounds of its tasks; undefined for a service that runs as functions. */
  readonly tasks: Settings['tasks'] | undefined;
  /** Limits of its table, if it has one. */
  readonly limits: CapacityLimits;
  /** Services that are deployed. */
  readonly deployed: readonly ServiceName[];
}

/** A message that fails is received again after each visibility timeout, and counted in the age until its fourth receive. */
const MAX_RECEIVES_IN_AGE = 4;
/** In seconds, for tasks: after both steps of scaling by age. For functions, messages also wait for the batch window. */
const MAX_AGE_OF_TASKS = 300;
const MAX_AGE_OF_FUNCTIONS = MAX_RECEIVES_IN_AGE * VISIBILITY_TIMEOUT.toSeconds();
/** Alarms of one context: its service, table, queues and relay, and the stock where it is kept. */
export function contextAlarms(service: ServiceName, inputs: ContextAlarmInputs): AlarmSpec[] {
  const { metrics, traffic, tasks, limits, deployed } = inputs;
  const { table, queues } = topology.services[service];
  const relay = topology.relays[service];
  return [
    ...(tasks
      ? [
          ...(traffic ? [...taskRequestAlarms(service, traffic), rejectedTokensAlarm(service, metrics)] : []),
          tasksAlarm(service, { metrics, traffic, minTasks: tasks.min }),
          ...taskSaturationAlarms(service, { metrics, traffic, tasks }),
          ...queueAlarms(service, metrics, {
            maxAgeSeconds: MAX_AGE_OF_TASKS,
            consumer: `the tasks of ${service} are healthy`,
          }),
          ...(table ? [throttlingAlarm(table, metrics), tableSaturationAlarm(table, metrics, limits)] : []),
        ]
      : [
          ...(traffic ? [errorsAlarm(service, traffic)] : []),
          ...queueAlarms(service, metrics, {
            maxAgeSeconds: MAX_AGE_OF_FUNCTIONS,
            consumer: `the function ${service}-consumer is invoked`,
          }),
        ]),
    ...(queues.length > 0 ? [unknownEventsAlarm(service, metrics)] : []),
    ...(relay ? [...relayAlarms(service, metrics), filteredEventsAlarm(relay.topic, metrics, deployed)] : []),
    ...(service === stockKeeper ? stockAlarms(service, metrics) : []),
  ];
}

interface TasksAlarmInputs extends Pick<ContextAlarmInputs, 'metrics' | 'traffic'> {
  readonly minTasks: number;
}

function tasksAlarm(service: ServiceName, { metrics, traffic, minTasks }: TasksAlarmInputs): AlarmSpec {
  return {
    id: `${service}-tasks`,
    metric: traffic?.healthyTasks(MINUTE) ?? metrics.runningTasks(service),
    threshold: minTasks,
    below: true,
    periods: 5,
    missingDataBreaches: true,
    description: `${service} has had fewer than ${minTasks} ${traffic ? 'healthy' : 'running'} tasks for five minutes. First: find out why the last task stopped, in the events of the ECS service.`,
    section: 'missing-tasks',
    severity: 'page',
    because: 'ECS could not replace a task within five minutes, and the next one that stops stops the shop',
    outage: 'requests-impaired',
  };
}

function throttlingAlarm(table: TableName, metrics: Metrics): AlarmSpec {
  return {
    id: `${table}-throttled`,
    metric: metrics.throttledCalls(table, FIVE_MINUTES),
    threshold: 10,
    periods: 1,
    description: `Table ${table} is being throttled. First: check its most throttled keys, then the capacity limit in the settings.`,
    section: 'throttled-table',
    severity: 'ticket',
    because: 'throttled calls are retried; requests that fail page',
  };
}

function queueAlarms(
  service: ServiceName,
  metrics: Metrics,
  { maxAgeSeconds, consumer }: { readonly maxAgeSeconds: number; readonly consumer: string },
): AlarmSpec[] {
  const { queues } = topology.services[service];
  return queues.flatMap((queue): AlarmSpec[] => [
    {
      id: `${queue}-age`,
      metric: metrics.oldestMessage(queue, MINUTE),
      threshold: maxAgeSeconds,
      periods: 3,
      description: `The oldest message in ${queue} has waited for more than ${maxAgeSeconds / 60} min. First: check whether ${consumer}, then its log for "event not applied".`,
      section: 'old-messages',
      ...(isOfShop(service)
        ? {
            severity: 'page',
            because: 'shoppers see outdated prices and stock, and cannot check out',
            outage: 'events-impaired',
          }
        : { severity: 'ticket', because: 'only figures are late; messages are kept for four days' }),
    },
    depthAlarm(
      topology.queues[queue].deadLetterQueue,
      metrics,
      'dead-letters',
      `A message that ${service} could not process, or that SNS could not deliver to it, is in the dead-letter queue. First: read it and the reason; fix the cause; redrive it.`,
    ),
  ]);
}
