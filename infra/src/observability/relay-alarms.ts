import { Duration } from 'aws-cdk-lib';
import { relayOf, type ServiceName } from '@tandem/contracts/topology';
import type { AlarmSpec } from './alarm-spec.ts';
import { depthAlarm } from './depth-alarm.ts';
import type { Metrics } from './metrics.ts';

const FIVE_MINUTES = Duration.minutes(5);
/** Shoppers notice events this late: prices are outdated, and checkouts are rejected. An import makes them late for less. */
const MAX_AGE = Duration.minutes(5);

/** Alarms of the outbox relay of a service. */
export function relayAlarms(service: ServiceName, metrics: Metrics): AlarmSpec[] {
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
      // The age is measured by invocations, which are minutes apart where the relay fails: no several minutes in a row have one.
      metric: metrics.iteratorAge(service, FIVE_MINUTES),
      threshold: MAX_AGE.toMilliseconds(),
      periods: 1,
      description: `Events from ${table} are published more than ${MAX_AGE.toMinutes()} min late; after 20 h their changes are moved to the failure bucket. First: check the log of ${relay} for errors, then whether SNS is down, or Lambda throttles.`,
      section: 'late-relay',
      severity: 'page',
      because:
        'shoppers see outdated prices and cannot check out, and within a weekend changes are moved away',
      outage: 'events-impaired',
    }),
    alarm('silent', {
      metric: metrics.polls(service, FIVE_MINUTES),
      threshold: 1,
      below: true,
      periods: 3,
      missingDataBreaches: true,
      description: `${relay} has not read the stream of table ${table} for 15 min. First: check that its event source mapping is enabled and uses the current stream of the table.`,
      section: 'silent-relay',
      severity: 'page',
      because: 'no event is published, and after 24 h the stream loses changes',
      outage: 'events-impaired',
    }),
    alarm('gave-up', {
      metric: metrics.unpublishedChanges(service, FIVE_MINUTES),
      threshold: 1,
      periods: 1,
      description: `Changes of ${table} could not be published for 20 h and were moved to the failure bucket. First: fix the cause, then replay them from there.`,
      section: 'unpublished-changes',
      severity: 'ticket',
      because: 'late events have paged for 20 h, and the bucket keeps the changes for 29 days',
    }),
  ];
}
