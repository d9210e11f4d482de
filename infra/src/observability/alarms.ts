import { Duration } from 'aws-cdk-lib';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { AlarmSpec, RunbookSection } from './alarm-spec.ts';
import type { Metrics } from './metrics.ts';
import { stockAlarms } from './stock-alarms.ts';
import type { trafficMetrics } from './traffic-metrics.ts';

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);
const HOUR = Duration.hours(1);

/** What the alarms of a context look at. */
export interface AlarmedBy {
  readonly metrics: Metrics;
  readonly traffic: ReturnType<typeof trafficMetrics>;
  readonly minTasks: number;
}

/** The alarms of one context. */
export function alarmsOf(service: ServiceName, given: AlarmedBy): AlarmSpec[] {
  const { metrics } = given;
  return [
    ...serviceAlarms(service, given),
    ...queueAlarms(service, metrics),
    ...relayAlarms(service, metrics),
    ...(service === 'product' ? stockAlarms(metrics) : []),
  ];
}

function serviceAlarms(service: ServiceName, { metrics, traffic, minTasks }: AlarmedBy): AlarmSpec[] {
  const { table } = topology.relays[service];
  return [
    {
      id: `${service}-errors`,
      metric: traffic.serverErrors(FIVE_MINUTES),
      threshold: 10,
      periods: 1,
      description: `${service} answered 10 requests or more with 5xx in five minutes. First: was it just deployed? Then look for the error in its log.`,
      section: 'errors',
    },
    {
      id: `${service}-latency`,
      metric: traffic.latency(FIVE_MINUTES),
      threshold: 0.5,
      periods: 3,
      description: `One in a hundred requests to ${service} takes half a second or longer, for a quarter of an hour. First: compare its CPU and its table's latency on the dashboard.`,
      section: 'latency',
    },
    {
      id: `${service}-tasks`,
      metric: traffic.healthyTasks(MINUTE),
      threshold: minTasks,
      below: true,
      periods: 5,
      silenceBreaches: true,
      description: `Fewer than ${minTasks} healthy tasks of ${service}. First: read why the last task stopped, in the events of the ECS service.`,
      section: 'missing-tasks',
    },
    {
      id: `${table}-throttled`,
      metric: metrics.throttledCalls(table, FIVE_MINUTES),
      threshold: 10,
      periods: 1,
      description: `The ${table} table turned calls away. First: look at its most throttled keys, then at the limit in the settings.`,
      section: 'throttled-table',
    },
  ];
}

function queueAlarms(service: ServiceName, metrics: Metrics): AlarmSpec[] {
  const consumed = Object.entries(topology.queues).filter(([, { consumer }]) => consumer === service);
  const subscriptions = topology.subscriptions.filter(
    ({ queue }) => topology.queues[queue].consumer === service,
  );
  return [
    ...consumed.flatMap(([queue, { deadLetterQueue }]): AlarmSpec[] => [
      {
        id: `${queue}-age`,
        metric: metrics.oldestMessage(queue, MINUTE),
        threshold: 60,
        periods: 3,
        description: `A message has waited for a minute and longer in ${queue}. First: are ${service}'s tasks healthy, and does its log tell of events not applied?`,
        section: 'old-messages',
      },
      depthAlarm(
        deadLetterQueue,
        metrics,
        'dead-letters',
        `${service} has given up a message. First: read it and the reason; mend the cause; redrive it.`,
      ),
    ]),
    ...subscriptions.map(({ topic, deadLetterQueue }) =>
      depthAlarm(
        deadLetterQueue,
        metrics,
        'undelivered-events',
        `SNS could not deliver an event of ${topic} to its queue. First: compare the queue's policy and key with the template; send the event again.`,
      ),
    ),
  ];
}

function relayAlarms(service: ServiceName, metrics: Metrics): AlarmSpec[] {
  const { table, topic, parkingQueue } = topology.relays[service];
  const relay = `${service}-relay`;
  const alarm = (id: string, spec: Omit<AlarmSpec, 'id'>): AlarmSpec => ({ id: `${relay}-${id}`, ...spec });
  return [
    depthAlarm(
      parkingQueue,
      metrics,
      'parked-events',
      `${topic} will never take this event. First: read the reason at the message; the state that it tells of is stored, and nobody else knows of it.`,
    ),
    alarm('late', {
      metric: metrics.iteratorAge(service, MINUTE),
      threshold: 60_000,
      periods: 3,
      description: `What changed in ${table} is told a minute later and more. First: does the relay fail (its log), or is SNS down?`,
      section: 'late-relay',
    }),
    alarm('stuck', {
      metric: metrics.iteratorAge(service, MINUTE),
      threshold: 3_600_000,
      periods: 1,
      description: `What changed in ${table} has not been told for an hour; after 20 hours it is given up. First: read the relay's log, now.`,
      section: 'late-relay',
    }),
    alarm('errors', {
      metric: metrics.relayFailures(service, FIVE_MINUTES),
      threshold: 1,
      periods: 2,
      description: `${relay} fails, or brings back what SNS did not take. First: read its log, then the state of SNS. Nothing is lost while it is tried again.`,
      section: 'failing-relay',
    }),
    alarm('throttled', {
      metric: metrics.relayThrottles(service, FIVE_MINUTES),
      threshold: 1,
      periods: 2,
      description: `Lambda has no room for ${relay}. First: what else uses up the account's concurrency?`,
      section: 'failing-relay',
    }),
    alarm('silent', {
      metric: metrics.unreadWrites(service, HOUR),
      threshold: 1,
      // One write in an hour is enough: where little is written, six short periods in a row would never come.
      periods: 1,
      description: `${table} is written to, and nobody reads its stream. First: is the event source mapping of ${relay} enabled, and on the table's current stream?`,
      section: 'silent-relay',
    }),
    alarm('gave-up', {
      metric: metrics.givenUpChanges(service, FIVE_MINUTES),
      threshold: 1,
      periods: 1,
      description: `Changes of ${table} were not told for 20 hours and lie in the bucket now. First: mend the cause, then replay them from there.`,
      section: 'given-up-changes',
    }),
  ];
}

/** Something is in a queue that should be empty. */
function depthAlarm(
  queue: string,
  metrics: Metrics,
  section: RunbookSection,
  description: string,
): AlarmSpec {
  return { id: queue, metric: metrics.depth(queue, MINUTE), threshold: 1, periods: 1, description, section };
}
