import type { QueueName, ServiceName, Topology } from '@tandem/contracts/topology';
import { type About, canOccur, type FaultName } from '../../../server/protocol.ts';
import { capitalized } from '../../parts/format.ts';

/** Kind of a card: a fault that can be switched on and off, or a kill. */
export type CardKind = FaultName | 'killed';

/** Card that describes a fault. */
export interface Card {
  readonly kind: CardKind;
  readonly title: string;
  /** What still holds, in a few words. */
  readonly promise: string;
  readonly effect: string;
  readonly guarantee: string;
  readonly recovery: string;
  /** CloudWatch alarms on AWS. */
  readonly alarms: readonly string[];
  readonly alarmCondition: string;
  /** Queues that show the fault. */
  readonly queues: readonly QueueName[];
  /** Relay that shows the fault, if no event reaches a queue. */
  readonly relay?: ServiceName;
}

/** Cards of the faults that can occur in a service, least severe first; the effect of a kill depends on the mode of the system. */
export function cardsOf(
  service: ServiceName,
  topology: Topology,
  mode: About['mode'] = 'oneProcess',
): Card[] {
  const isProcess = mode === 'processes';
  const name = capitalized(service);
  const { queues, paths, runsAs } = topology.services[service];
  const isFunction = runsAs === 'function';
  const hasApi = paths.length > 0;
  const topic = topology.relays[service]?.topic;
  const subscribed = topology.subscriptions.filter((subscription) => subscription.topic === topic);
  const oldMessages = `Fires when messages are older than ${isFunction ? '28 minutes' : 'five minutes'}.`;
  const cards: Card[] = [
    {
      kind: 'deliveriesDuplicated',
      title: `Duplicate ${name}’s events`,
      promise: 'Each event takes effect once',
      effect: 'Each event is delivered twice to every subscribed queue.',
      guarantee:
        'Consumers are idempotent: an event whose version is not newer than the stored one, or whose id is known, changes nothing.',
      recovery: 'Immediate. Duplicates still in flight change nothing either.',
      alarms: [],
      alarmCondition: 'None: at-least-once delivery by SNS and SQS includes duplicates.',
      queues: [...new Set(subscribed.map(({ queue }) => queue))],
    },
    {
      kind: 'deliveriesDelayed',
      title: `Delay ${name}’s events`,
      promise: 'Late, and complete',
      effect: `${name}’s relay publishes each batch two seconds late, one after the other: its backlog grows older.`,
      guarantee:
        'No event is lost, and the order per item is kept. The read models of its consumers are stale, never wrong.',
      recovery: 'Automatic: the relay publishes its backlog, and has caught up when the backlog is empty.',
      alarms: [`${service}-relay-late`],
      alarmCondition:
        'Fires when events are published more than five minutes late; two seconds do not fire it.',
      queues: [],
      relay: service,
    },
    {
      kind: 'consumerPaused',
      title: `Pause ${name}’s consumer`,
      promise: 'Messages wait, for four days',
      effect: `${name}${hasApi ? ' responds to requests, but' : ''} receives no messages: events for it wait in its queues.`,
      guarantee: 'No event is lost: a queue retains messages for four days. No other service is affected.',
      recovery: `Automatic: ${name} consumes its backlog in any order, and has caught up when its queues are empty.`,
      alarms: queues.map((queue) => `${queue}-age`),
      alarmCondition: oldMessages,
      queues,
    },
    {
      kind: 'relayStopped',
      title: `Stop ${name}’s relay`,
      promise: 'Every committed change is published later',
      effect: `${name} commits changes, but their events are not published.`,
      guarantee:
        'Every committed change is published eventually: its events are stored atomically with it, in the same item.',
      recovery: 'The relay resumes where it stopped and publishes every event, in order per item.',
      alarms: [`${service}-relay-silent`],
      alarmCondition: 'Fires when the stream of the table was not read for 15 minutes.',
      queues: [],
      relay: service,
    },
    {
      kind: 'killed',
      title: `Kill ${name}`,
      promise: 'No acknowledged write is lost',
      effect: isProcess
        ? `${name}’s first process is killed (SIGKILL) at an arbitrary point, and restarted.`
        : `${name}’s connections are closed, it finishes the batch in progress, and is down for three seconds.`,
      guarantee: 'No acknowledged write is lost, and the other services keep working.',
      recovery: isProcess
        ? 'Automatic within seconds. Messages in flight are redelivered after their visibility timeout.'
        : 'Automatic: it is restarted, and consumes its backlog.',
      alarms: isFunction ? queues.map((queue) => `${queue}-age`) : [`${service}-tasks`],
      alarmCondition: isFunction ? oldMessages : 'Fires when a task is missing for five minutes.',
      queues,
    },
  ];
  return cards.filter(({ kind }) => kind === 'killed' || canOccur({ fault: kind, service }, topology));
}
