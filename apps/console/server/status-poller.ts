import {
  publishers,
  type QueueName,
  type ServiceName,
  serviceNames,
  topology,
} from '@tandem/contracts/topology';
import type { Target } from '@tandem/dlq/target';
import { deadLetterQueues } from '@tandem/dlq/queues';
import { type Depths, depthsOf } from '@tandem/emulators/queue-depth';
import type { Faults } from './faults.ts';
import type { Metrics } from './metrics.ts';
import type { State } from './protocol.ts';

/** Timeout of a depth query: an unresponsive SQS endpoint must not delay the rest of the status. */
const DEPTH_TIMEOUT_MS = 800;

export interface StatusPollerOptions {
  readonly metrics: Metrics;
  readonly faults: Pick<Faults, 'list'>;
  readonly target: Pick<Target, 'sqs' | 'queueUrl'>;
  readonly isReady: (service: ServiceName) => Promise<boolean>;
}

const queues = Object.keys(topology.queues) as QueueName[];

/** Creates a poller of the system state; it never rejects. A queue that does not respond keeps its last known depth. */
export function createStatusPoller({
  metrics,
  faults,
  target,
  isReady,
}: StatusPollerOptions): () => Promise<State> {
  const lastDepths = new Map<string, Depths>();
  const fetchDepth = async (queue: string): Promise<Depths> => {
    const requestedAt = Date.now();
    const abortSignal = AbortSignal.timeout(DEPTH_TIMEOUT_MS);
    const depths = await depthsOf(target.sqs, await target.queueUrl(queue), { abortSignal }).catch(
      () => undefined,
    );
    if (!depths) return lastDepths.get(queue) ?? { visible: 0, inFlight: 0, delayed: 0 };
    lastDepths.set(queue, depths);
    const isEmpty = depths.visible + depths.inFlight + depths.delayed === 0;
    if (isEmpty && queue in topology.queues) metrics.wasEmpty(queue as QueueName, requestedAt);
    return depths;
  };
  const readiness = async (service: ServiceName) => {
    const lagMs = metrics.lagOf(service);
    return {
      isReady: await isReady(service),
      requestsPerSecond: metrics.rateOf(service),
      ...(lagMs && { lagMs }),
    };
  };

  return async () => {
    const [serviceStates, depths, deadLetters] = await Promise.all([
      recordOf(serviceNames, readiness),
      recordOf(queues, fetchDepth),
      recordOf(
        deadLetterQueues.map(({ name }) => name),
        async (name) => {
          const { visible, inFlight } = await fetchDepth(name);
          return visible + inFlight;
        },
      ),
    ]);
    return {
      at: Date.now(),
      services: serviceStates,
      relays: Object.fromEntries(publishers.map(([service]) => [service, metrics.relayOf(service)])),
      queues: await recordOf(queues, async (queue) => {
        const { visible, inFlight } = depths[queue];
        return { visible, inFlight, oldestMs: metrics.oldestMs(queue) };
      }),
      deadLetters,
      faults: faults.list(),
      traffic: metrics.traffic(),
    };
  };
}

async function recordOf<K extends string, V>(
  keys: readonly K[],
  valueOf: (key: K) => Promise<V>,
): Promise<Record<K, V>> {
  const entries = await Promise.all(keys.map(async (key) => [key, await valueOf(key)] as const));
  return Object.fromEntries(entries) as Record<K, V>;
}
