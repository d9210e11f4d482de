import type { Topology } from '@tandem/contracts/topology';
import { keys } from '../../parts/keys.ts';
import { client, gateway, idOf } from './nodes.ts';

/**
 * What travels: requests, what a service writes, its table's changes, events, pages of a snapshot past table and
 * relay, or what goes wrong.
 */
export type Carries = 'requests' | 'writes' | 'changes' | 'events' | 'consumed' | 'snapshots' | 'failures';

/** An arrow of the picture; `from` and `to` are ids of parts, and `id` is how an address names it. */
export interface Connection {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly carries: Carries;
}

/** The id of the arrow between two parts. */
export function arrowId(from: string, to: string): string {
  return `${from}/to/${to}`;
}

/** Every arrow of a topology. */
export function connect(topology: Topology): Connection[] {
  const found: Connection[] = [];
  const add = (carries: Carries, from: string, to: string) =>
    void found.push({ id: arrowId(from, to), from, to, carries });
  add('requests', client.id, gateway.id);
  for (const service of keys(topology.services)) {
    const { table, topic, parkingQueue } = topology.relays[service];
    const { snapshots } = topology.services[service];
    add('requests', gateway.id, idOf.service(service));
    for (const owned of keys(topology.tables))
      if (topology.tables[owned].owner === service) add('writes', idOf.service(service), idOf.table(owned));
    add('changes', idOf.table(table), idOf.relay(service));
    add('events', idOf.relay(service), idOf.topic(topic));
    add('failures', idOf.relay(service), idOf.deadLetters(parkingQueue));
    if (snapshots) {
      add('snapshots', idOf.service(service), idOf.topic(snapshots.topic));
      add('snapshots', idOf.service(service), idOf.queue(snapshots.queue));
    }
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
