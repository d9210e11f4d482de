import type { Topology } from '@tandem/contracts/topology';
import type { State } from '../../../server/protocol.ts';
import { keys } from '../../parts/topology.ts';
import { arrowId, gateway, idOf } from './parts.ts';

/** What a fault does to an arrow: nothing passes, late, or twice. */
export type Interruption = 'cut' | 'late' | 'twice';

/** Arrows that faults and services that are down interrupt, by their ids. */
export function interruptionsOf(
  state: State | undefined,
  topology: Topology,
): ReadonlyMap<string, Interruption> {
  const found = new Map<string, Interruption>();
  if (!state) return found;
  const cutConsumer = (service: keyof State['services']) => {
    for (const queue of topology.services[service].queues)
      found.set(arrowId(idOf.queue(queue), idOf.service(service)), 'cut');
  };
  for (const service of keys(topology.services)) {
    if (state.services[service].isReady) continue;
    found.set(arrowId(gateway.id, idOf.service(service)), 'cut');
    cutConsumer(service);
  }
  // A relay that is stopped publishes neither late nor twice.
  for (const { fault, service } of state.faults.toSorted((a) => (a.fault === 'relayStopped' ? 1 : -1))) {
    const relay = topology.relays[service];
    if (fault === 'consumerPaused' && service in topology.services) cutConsumer(service);
    if (fault === 'consumerPaused' || !relay) continue;
    const kinds = { relayStopped: 'cut', deliveriesDelayed: 'late', deliveriesDuplicated: 'twice' } as const;
    found.set(arrowId(idOf.relay(service), idOf.topic(relay.topic)), kinds[fault]);
  }
  return found;
}
