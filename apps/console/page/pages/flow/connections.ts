import type { Topology } from '@tandem/contracts/topology';
import { keys } from '../../parts/keys.ts';
import { client, gateway, idOf } from './nodes.ts';

/**
 * Traffic of an arrow: requests, writes to a table, changes of a table, events, consumed messages, snapshot pages (which
 * bypass table and relay), or failed messages.
 */
export type Carries = 'requests' | 'writes' | 'changes' | 'events' | 'consumed' | 'snapshots' | 'failures';

/** Arrow of the picture; `from` and `to` are ids of parts, and `id` names the arrow in URLs. */
export interface Connection {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly carries: Carries;
}

/** Id of the arrow between two parts. */
export function arrowId(from: string, to: string): string {
  return `${from}/to/${to}`;
}

/** All arrows of a topology. */
export function connect(topology: Topology): Connection[] {
  const found: Connection[] = [];
  const add = (carries: Carries, from: string, to: string) =>
    void found.push({ id: arrowId(from, to), from, to, carries });
  add('requests', client.id, gateway.id);
  for (const service of keys(topology.services)) {
    const { paths, table } = topology.services[service];
    if (paths.length > 0) add('requests', gateway.id, idOf.service(service));
    if (table !== undefined) add('writes', idOf.service(service), idOf.table(table));
    const relay = topology.relays[service];
    if (!relay) continue;
    add('changes', idOf.table(relay.table), idOf.relay(service));
    add('events', idOf.relay(service), idOf.topic(relay.topic));
    add('failures', idOf.relay(service), idOf.deadLetters(relay.parkingQueue));
    if (relay.snapshotQueue === undefined) continue;
    add('snapshots', idOf.service(service), idOf.topic(relay.topic));
    add('snapshots', idOf.service(service), idOf.queue(relay.snapshotQueue));
  }
  for (const { deadLetterQueue, ...subscription } of topology.subscriptions) {
    add('events', idOf.topic(subscription.topic), idOf.subscription(subscription));
    add('events', idOf.subscription(subscription), idOf.queue(subscription.queue));
    add('failures', idOf.subscription(subscription), idOf.deadLetters(deadLetterQueue));
  }
  for (const queue of keys(topology.queues)) {
    const { consumer, deadLetterQueue } = topology.queues[queue];
    add('consumed', idOf.queue(queue), idOf.service(consumer));
    add('failures', idOf.queue(queue), idOf.deadLetters(deadLetterQueue));
  }
  return found;
}
