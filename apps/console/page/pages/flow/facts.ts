import type { Topology } from '@tandem/contracts/topology';
import type { State } from '../../../server/protocol.ts';
import { counted, duration } from '../../parts/format.ts';
import type { Part } from './nodes.ts';

/** Current values of a part as short lines, most important first. */
export interface Facts {
  readonly lines: readonly string[];
  readonly isDegraded: boolean;
}

const nothing: Facts = { lines: [], isDegraded: false };

/** Current values of a part; without a state, only those of the topology. */
export function factsOf(part: Part, state: State | undefined, topology: Topology): Facts {
  if (part.kind === 'topic')
    return healthy([counted(topology.topics[part.topic].eventTypes.length, 'event type')]);
  if (part.kind === 'subscription') {
    const found = topology.subscriptions.find(
      ({ topic, queue }) => topic === part.topic && queue === part.queue,
    );
    return healthy([`passes ${found?.eventTypes.length ?? 0}`]);
  }
  if (!state) return nothing;
  switch (part.kind) {
    case 'service': {
      const { isReady, requestsPerSecond, lagMs } = state.services[part.service];
      const lag = lagMs ? [`lag ${duration(lagMs.p50)}`, `max ${duration(lagMs.max)}`] : [];
      const hasApi = topology.services[part.service].paths.length > 0;
      const rate = hasApi ? [`${requestsPerSecond.toFixed(1)} requests/s`] : [];
      const lines = [isReady ? 'ready' : 'not ready', ...rate, ...lag];
      return { lines, isDegraded: !isReady };
    }
    case 'table': {
      const { reads, writes } = state.traffic.requests[topology.tables[part.table].owner];
      return healthy([`${reads.toLocaleString('en')} reads`, `${writes.toLocaleString('en')} writes`]);
    }
    case 'relay': {
      const { isHeld = false, oldestMs = 0 } = state.relays[part.service] ?? {};
      return {
        lines: isHeld ? ['backlog', `oldest ${duration(oldestMs)}`] : ['no backlog'],
        isDegraded: isHeld,
      };
    }
    case 'queue': {
      const { visible, inFlight, oldestMs } = state.queues[part.queue];
      const lines = [`${visible} waiting`, `${inFlight} in flight`, `oldest ${duration(oldestMs)}`];
      return { lines, isDegraded: oldestMs >= LATE_MS };
    }
    case 'deadLetters': {
      const depth = state.deadLetters[part.queue] ?? 0;
      return { lines: [`${depth} ${labels[part.queueKind]}`], isDegraded: depth > 0 };
    }
    default:
      return nothing;
  }
}

/** Description of the messages in a dead-letter queue. */
const labels = { givenUp: 'dead letters', undelivered: 'undelivered', unpublishable: 'parked' } as const;

/** Age of the oldest message from which a queue counts as degraded. */
const LATE_MS = 5_000;

function healthy(lines: readonly string[]): Facts {
  return { lines, isDegraded: false };
}
