import { Duration } from 'aws-cdk-lib';
import { relayOf, type ServiceName, type TableName, topology } from '@tandem/contracts/topology';
import type { AlarmSpec, RunbookSection } from './alarm-spec.ts';
import { type Metrics, stockKeeper } from './metrics.ts';
import { stockAlarms } from './stock-alarms.ts';
import type { trafficMetrics } from './traffic-metrics.ts';

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);
const HOUR = Duration.hours(1);

/** Inputs of a context's alarms: its metrics, its load balancer metrics if it has any, and its minimum number of tasks. */
export interface ContextAlarmInputs {
  readonly metrics: Metrics;
  readonly traffic: ReturnType<typeof trafficMetrics> | undefined;
  readonly minTasks: number;
}

/** Alarms of one context: its service, table, queues and relay, and the stock where it is kept. */
export function contextAlarms(service: ServiceName, inputs: ContextAlarmInputs): AlarmSpec[] {
  const { metrics, traffic } = inputs;
  const { table } = topology.services[service];
  return [
    ...(traffic ? requestAlarms(service, traffic) : []),
    tasksAlarm(service, inputs),
    ...(table ? [throttlingAlarm(table, metrics)] : []),
    ...queueAlarms(service, metrics),
    ...(topology.relays[service] ? relayAlarms(service, metrics) : []),
    ...(service === stockKeeper ? stockAlarms(service, metrics) : []),
  ];
}

function requestAlarms(service: ServiceName, traffic: ReturnType<typeof trafficMetrics>): AlarmSpec[] {
  return [
    {
      id: `${service}-errors`,
      metric: traffic.serverErrors(FIVE_MINUTES),
      threshold: 10,
      periods: 1,
      description: `${service} returned 5xx for 10 or more requests within five minutes. First: check whether it was just deployed, then find the error in its log.`,
      section: 'errors',
    },
    {
      id: `${service}-connections`,
      metric: traffic.connectionErrors(FIVE_MINUTES),
      threshold: 10,
      periods: 1,
      description: `The load balancer failed to connect to tasks of ${service} 10 or more times within five minutes. First: check whether it was just deployed, then why its last tasks stopped.`,
      section: 'balancer-errors',
    },
    {
      id: `${service}-latency`,
      metric: traffic.latency(FIVE_MINUTES),
      threshold: 0.5,
      periods: 3,
      description: `The p99 latency of ${service} has been 500 ms or more for 15 minutes. First: compare the CPU of its tasks and the latency of its table on the dashboard.`,
      section: 'latency',
    },
  ];
}

function tasksAlarm(service: ServiceName, { metrics, traffic, minTasks }: ContextAlarmInputs): AlarmSpec {
  return {
    id: `${service}-tasks`,
    metric: traffic?.healthyTasks(MINUTE) ?? metrics.runningTasks(service),
    threshold: minTasks,
    below: true,
    periods: 5,
    missingDataBreaches: true,
    description: `${service} has had fewer than ${minTasks} ${traffic ? 'healthy' : 'running'} tasks for five minutes. First: find out why the last task stopped, in the events of the ECS service.`,
    section: 'missing-tasks',
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
  };
}

function queueAlarms(service: ServiceName, metrics: Metrics): AlarmSpec[] {
  const { queues } = topology.services[service];
  const subscriptions = topology.subscriptions.filter(({ queue }) => queues.includes(queue));
  return [
    ...queues.flatMap((queue): AlarmSpec[] => [
      {
        id: `${queue}-age`,
        metric: metrics.oldestMessage(queue, MINUTE),
        threshold: 60,
        periods: 3,
        description: `The oldest message in ${queue} has waited for more than 1 min. First: check whether the tasks of ${service} are healthy, then its log for "event not applied".`,
        section: 'old-messages',
      },
      depthAlarm(
        topology.queues[queue].deadLetterQueue,
        metrics,
        'dead-letters',
        `A message that ${service} could not process is in the dead-letter queue. First: read it and the reason; fix the cause; redrive it.`,
      ),
    ]),
    ...subscriptions.map(({ topic, deadLetterQueue }) =>
      depthAlarm(
        deadLetterQueue,
        metrics,
        'undelivered-events',
        `SNS could not deliver an event of ${topic} to its queue. First: compare the policy and the key of the queue with the template, then redrive the event.`,
      ),
    ),
  ];
}

function relayAlarms(service: ServiceName, metrics: Metrics): AlarmSpec[] {
  const { table, topic, parkingQueue } = relayOf(service);
  const relay = `${service}-relay`;
  const alarm = (id: string, spec: Omit<AlarmSpec, 'id'>): AlarmSpec => ({ id: `${relay}-${id}`, ...spec });
  return [
    depthAlarm(
      parkingQueue,
      metrics,
      'parked-events',
      `${relay} could not publish an event to ${topic} and parked it; retrying does not help. First: read the reason in the message. The change is stored, but its consumers have not received it.`,
    ),
    alarm('late', {
      metric: metrics.iteratorAge(service, MINUTE),
      threshold: 60_000,
      periods: 3,
      description: `Events from ${table} are published more than 1 min late. First: check the log of ${relay} for errors, then whether SNS is down.`,
      section: 'late-relay',
    }),
    alarm('stuck', {
      metric: metrics.iteratorAge(service, MINUTE),
      threshold: 3_600_000,
      periods: 1,
      description: `Events from ${table} have not been published for 1 h; after 20 h their changes are moved to the failure bucket. First: read the log of ${relay} now.`,
      section: 'late-relay',
    }),
    alarm('errors', {
      metric: metrics.relayFailures(service, FIVE_MINUTES),
      threshold: 1,
      periods: 2,
      description: `${relay} fails, or SNS rejects its events. First: read its log, then check the status of SNS. Nothing is lost while it retries.`,
      section: 'failing-relay',
    }),
    alarm('throttled', {
      metric: metrics.relayThrottles(service, FIVE_MINUTES),
      threshold: 1,
      periods: 2,
      description: `Lambda throttles ${relay}. First: find out what else uses the concurrency of the account.`,
      section: 'failing-relay',
    }),
    alarm('silent', {
      metric: metrics.unreadWrites(service, HOUR),
      threshold: 1,
      // One period of an hour: with few writes, several short periods in a row would never be breached.
      periods: 1,
      description: `Table ${table} has had writes for 1 h, but ${relay} does not read its stream. First: check that its event source mapping is enabled and uses the current stream of the table.`,
      section: 'silent-relay',
    }),
    alarm('gave-up', {
      metric: metrics.unpublishedChanges(service, FIVE_MINUTES),
      threshold: 1,
      periods: 1,
      description: `Changes of ${table} could not be published for 20 h and were moved to the failure bucket. First: fix the cause, then replay them from there.`,
      section: 'unpublished-changes',
    }),
  ];
}

/** Alarm for any message in a queue that should be empty. */
function depthAlarm(
  queue: string,
  metrics: Metrics,
  section: RunbookSection,
  description: string,
): AlarmSpec {
  return { id: queue, metric: metrics.depth(queue, MINUTE), threshold: 1, periods: 1, description, section };
}
