import type { ServiceName, Topology } from '@tandem/contracts/topology';
import type { Step } from '../../../server/protocol.ts';
import { keys } from '../../parts/topology.ts';
import { arrowId, client, gateway, idOf } from './parts.ts';

/**
 * Routes of a step in the picture, each a sequence of arrow ids. An event has one route per subscribed queue; a snapshot page
 * and a request for a snapshot bypass table and relay.
 */
export function routesOf(step: Step, topology: Topology): string[][] {
  switch (step.kind) {
    case 'request':
      return [along(client.id, gateway.id, idOf.service(step.service))];
    case 'published':
      return published(step, topology);
    case 'parked': {
      const { owner } = topology.topics[step.topic];
      const relay = topology.relays[owner];
      return relay ? [along(idOf.relay(owner), idOf.deadLetters(relay.parkingQueue))] : [];
    }
    case 'received':
      return [along(idOf.queue(step.queue), idOf.service(topology.queues[step.queue].consumer))];
    case 'applied': {
      const { consumer } = topology.queues[step.queue];
      const { table } = topology.services[consumer];
      return table === undefined ? [] : [along(idOf.service(consumer), idOf.table(table))];
    }
    case 'returned': {
      const { maxReceiveCount, deadLetterQueue } = topology.queues[step.queue];
      const isLastAttempt = step.attempt >= maxReceiveCount;
      return isLastAttempt ? [along(idOf.queue(step.queue), idOf.deadLetters(deadLetterQueue))] : [];
    }
    default:
      return [];
  }
}

function published(step: Step & { kind: 'published' }, topology: Topology): string[][] {
  const { owner } = topology.topics[step.topic];
  const relay = topology.relays[owner];
  if (!relay) return [];
  const sender = senderOf(step, topology) ?? (relay.snapshotQueue === undefined ? undefined : owner);
  const isDirect = step.committedAt === undefined && sender !== undefined;
  const start = isDirect ? [idOf.service(sender)] : [idOf.table(relay.table), idOf.relay(owner)];
  const subscriptions = topology.subscriptions.filter(
    ({ topic, eventTypes }) => topic === step.topic && eventTypes.some((type) => type === step.eventType),
  );
  if (subscriptions.length === 0) return [along(...start, idOf.topic(step.topic))];
  return subscriptions.map((subscription) =>
    along(...start, idOf.topic(step.topic), idOf.subscription(subscription), idOf.queue(subscription.queue)),
  );
}

/** The service that publishes such an event to the topic of another as a request. */
function senderOf({ topic, eventType }: Step & { kind: 'published' }, { services }: Topology) {
  return keys(services).find((service) => {
    const { requests } = services[service];
    return requests?.topic === topic && requests.eventTypes.some((type) => type === eventType);
  });
}

function along(...ids: readonly string[]): string[] {
  return ids.slice(1).map((to, index) => arrowId(ids[index] ?? '', to));
}

/**
 * Latest steps at a part or an arrow, newest first, at most `limit`. A message that was returned counts for its queue, and
 * an applied one for its consumer, although no arrow may show it.
 */
export function stepsAt(id: string, steps: readonly Step[], topology: Topology, limit: number): Step[] {
  const found: Step[] = [];
  for (let index = steps.length - 1; index >= 0 && found.length < limit; index--) {
    const step = steps[index];
    if (step && passes(step, id, topology)) found.push(step);
  }
  return found;
}

function passes(step: Step, id: string, topology: Topology): boolean {
  if (step.kind === 'returned' && idOf.queue(step.queue) === id) return true;
  if (step.kind === 'applied' && idOf.service(topology.queues[step.queue].consumer) === id) return true;
  return routesOf(step, topology).some((route) =>
    route.some((arrow) => arrow === id || arrow.startsWith(`${id}/to/`) || arrow.endsWith(`/to/${id}`)),
  );
}

/** Service whose colour a step has: the owner of its topic, or the service of its request. */
export function sourceOf(step: Step, topology: Topology): ServiceName {
  if (step.kind === 'request') return step.service;
  if (step.kind === 'published' || step.kind === 'parked') return topology.topics[step.topic].owner;
  const from = topology.subscriptions.find(
    ({ queue, eventTypes }) => queue === step.queue && eventTypes.some((type) => type === step.eventType),
  );
  return from ? topology.topics[from.topic].owner : topology.queues[step.queue].consumer;
}
