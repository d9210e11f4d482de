import type { Topology } from '@tandem/contracts/topology';
import type { State } from '../../../server/protocol.ts';
import { counted, duration } from '../../parts/format.ts';
import type { Part } from './nodes.ts';

/** What is to say of a part now, in a few short lines; the last of them matter least. */
export interface Facts {
  readonly lines: readonly string[];
  readonly isTroubled: boolean;
}

const nothing: Facts = { lines: [], isTroubled: false };

/** How a part is; without a state only what the topology says. */
export function factsOf(part: Part, state: State | undefined, topology: Topology): Facts {
  if (part.kind === 'topic')
    return calm([counted(topology.topics[part.topic].eventTypes.length, 'event type')]);
  if (part.kind === 'subscription') {
    const found = topology.subscriptions.find(
      ({ topic, queue }) => topic === part.topic && queue === part.queue,
    );
    return calm([`passes ${found?.eventTypes.length ?? 0}`]);
  }
  if (!state) return nothing;
  switch (part.kind) {
    case 'service': {
      const { isReady, requestsPerSecond, lagMs } = state.services[part.service];
      const lag = lagMs ? [`lag ${duration(lagMs.p50)}`, `at most ${duration(lagMs.max)}`] : [];
      const lines = [isReady ? 'ready' : 'not ready', `${requestsPerSecond.toFixed(1)} requests/s`, ...lag];
      return { lines, isTroubled: !isReady };
    }
    case 'table': {
      const { reads, writes } = state.seen[topology.tables[part.table].owner];
      return calm([`${reads.toLocaleString('en')} reads`, `${writes.toLocaleString('en')} writes`]);
    }
    case 'relay': {
      const { isHeld, oldestMs } = state.relays[part.service];
      return {
        lines: isHeld ? ['held', `oldest ${duration(oldestMs)}`] : ['nothing held'],
        isTroubled: isHeld,
      };
    }
    case 'queue': {
      const { visible, inFlight, oldestMs } = state.queues[part.queue];
      const lines = [`${visible} waiting`, `${inFlight} in flight`, `oldest ${duration(oldestMs)}`];
      return { lines, isTroubled: oldestMs >= LATE_MS };
    }
    case 'deadLetters': {
      const depth = state.deadLetters[part.queue] ?? 0;
      return { lines: [String(depth)], isTroubled: depth > 0 };
    }
    default:
      return nothing;
  }
}

/** A message that old stands out. */
const LATE_MS = 5_000;

function calm(lines: readonly string[]): Facts {
  return { lines, isTroubled: false };
}
