import { Duration } from 'aws-cdk-lib';
import { type ServiceName, topology, type TopicName } from '@tandem/contracts/topology';
import type { AlarmSpec } from './alarm-spec.ts';
import type { Metrics } from './metrics.ts';

const FIVE_MINUTES = Duration.minutes(5);
const because =
  'it does not get worse over night: each event of that kind is lost, and a snapshot or an audit repairs it';

/**
 * Alarm for events that no subscription of a topic accepted although one should have: a publisher that was deployed before
 * its consumers (034), or an event without its type. `deployed`: the services whose subscriptions exist.
 */
export function filteredEventsAlarm(
  topic: TopicName,
  metrics: Metrics,
  deployed: readonly ServiceName[],
): AlarmSpec {
  const { eventTypes } = topology.topics[topic];
  const subscriptions = topology.subscriptions.filter(
    (subscription) =>
      subscription.topic === topic && deployed.includes(topology.queues[subscription.queue].consumer),
  );
  const acceptsAll = subscriptions.every((subscription) =>
    eventTypes.every((type) => (subscription.eventTypes as readonly string[]).includes(type)),
  );
  return {
    id: `${topic}-filtered`,
    metric: metrics.filteredEvents(topic, acceptsAll, FIVE_MINUTES),
    threshold: 1,
    periods: 1,
    description: `SNS filtered out an event of ${topic} that a subscription should have accepted. First: check which service was deployed last, and whether its events are in the filters of the others.`,
    section: 'filtered-events',
    severity: 'ticket',
    because,
  };
}

/** Alarm for messages of a type that a consumer does not know and has acknowledged. */
export function unknownEventsAlarm(service: ServiceName, metrics: Metrics): AlarmSpec {
  return {
    id: `${service}-unknown-events`,
    metric: metrics.unknownEvents(service, FIVE_MINUTES),
    threshold: 1,
    periods: 1,
    description: `${service} acknowledged a message of a type that it does not know. First: read the type in its log, and check which service was deployed last.`,
    section: 'unknown-events',
    severity: 'ticket',
    because,
  };
}
