import type { QueueName, ServiceName, Topology } from '@tandem/contracts/topology';
import type { About, FaultName } from '../../../server/protocol.ts';
import { keys } from '../../parts/keys.ts';

/** What can be done to a service: a fault that is switched on and off, or its end. */
export type Harm = FaultName | 'killed';

/** A fault as its card tells it. */
export interface Card {
  readonly harm: Harm;
  readonly title: string;
  readonly happens: string;
  readonly holds: string;
  readonly heals: string;
  /** What rings on AWS, or why nothing does. */
  readonly alarms: readonly string[];
  readonly rings: string;
  /** The queues in which it shows. */
  readonly queues: readonly QueueName[];
  /** The relay in which it shows: nothing reaches a queue then. */
  readonly relay?: ServiceName;
}

/** The faults of a service, the gentle ones first; what a kill does depends on what the system runs in. */
export function cardsOf(
  service: ServiceName,
  topology: Topology,
  mode: About['mode'] = 'oneProcess',
): Card[] {
  const isProcess = mode === 'processes';
  const name = service.charAt(0).toUpperCase() + service.slice(1);
  const { topic } = topology.relays[service];
  const consumed = keys(topology.queues).filter((queue) => topology.queues[queue].consumer === service);
  const fed = [
    ...new Set(topology.subscriptions.filter((heard) => heard.topic === topic).map(({ queue }) => queue)),
  ];
  return [
    {
      harm: 'deliveriesDuplicated',
      title: `Deliver what ${name} tells twice`,
      happens: 'Each event comes twice to every queue that hears it.',
      holds: 'An effect happens once: a version that is not newer than what is known changes nothing.',
      heals: 'At once. The copies that are still under way change nothing either.',
      alarms: [],
      rings: 'Nothing rings, because nothing is wrong: SNS and SQS promise "at least once".',
      queues: fed,
    },
    {
      harm: 'deliveriesDelayed',
      title: `Deliver what ${name} tells late`,
      happens: `${name}’s relay publishes each batch two seconds late, one after the other: what it holds gets older.`,
      holds: 'Nothing is lost, and the order of each item stays. What others know is late, never wrong.',
      heals: 'By itself: the relay tells what it holds, and has caught up when nothing waits there.',
      alarms: [`${service}-relay-late`],
      rings: 'Two seconds do not ring. It rings when changes are told a minute late, three minutes in a row.',
      queues: [],
      relay: service,
    },
    {
      harm: 'consumerPaused',
      title: `Pause ${name}’s consumer`,
      happens: `${name} answers requests, but takes nothing from its queue. What others tell it waits.`,
      holds: 'No event is lost: a queue keeps each for four days. The other service does not notice.',
      heals: `${name} takes what has waited, oldest or not, and has caught up when the queue is empty.`,
      alarms: consumed.map((queue) => `${queue}-age`),
      rings: 'It rings when messages have waited for a minute, three minutes in a row.',
      queues: consumed,
    },
    {
      harm: 'relayStopped',
      title: `Stop ${name}’s relay`,
      happens: `${name} commits changes and nobody hears of them.`,
      holds: 'What is committed is told: the event is stored in the item that changed, both or neither.',
      heals: 'The relay goes on where it stopped and tells everything, in the order of each item.',
      alarms: [`${service}-relay-silent`],
      rings: 'It rings when the table was written to for an hour and nobody read its stream.',
      queues: [],
      relay: service,
    },
    {
      harm: 'killed',
      title: `Kill ${name}`,
      happens: isProcess
        ? `${name}’s first process ends in the middle of whatever it does, by kill -9, and is started again.`
        : `${name}’s connections are cut, it finishes the batch in its hands, and is away for three seconds.`,
      holds: 'No answer that a client got is taken back, no stock is lost. The other service works on.',
      heals: isProcess
        ? 'By itself within seconds. Messages in its hands come again when their time is over.'
        : 'By itself: it is started again, and takes what has waited.',
      alarms: [`${service}-tasks`, `${service}-connections`],
      rings:
        'They ring when a task is missing for five minutes, or when the load balancer gets no connection ten times in five.',
      queues: consumed,
    },
  ];
}
