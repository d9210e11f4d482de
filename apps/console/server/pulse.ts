import { type QueueName, type ServiceName, topology } from '@tandem/contracts/topology';
import type { Place } from '@tandem/dlq/place';
import { keepingQueues } from '@tandem/dlq/queues';
import { type Depths, depthsOf } from '@tandem/emulators/queue-depth';
import type { Faults } from './faults.ts';
import type { Measures } from './measures.ts';
import type { State } from './protocol.ts';

/** Longer than an emulator takes: one that does not answer must not hide how the rest is. */
const ASK_MS = 800;

export interface PulseOptions {
  readonly measures: Measures;
  readonly faults: Pick<Faults, 'list'>;
  readonly place: Pick<Place, 'sqs' | 'queueUrl'>;
  readonly isReady: (service: ServiceName) => Promise<boolean>;
}

const services = Object.keys(topology.services) as ServiceName[];
const queues = Object.keys(topology.queues) as QueueName[];

/** Asks how everything is; never rejects. A queue that cannot be asked is as deep as it was when it was asked last. */
export function createPulse({ measures, faults, place, isReady }: PulseOptions): () => Promise<State> {
  const lastDepths = new Map<string, Depths>();
  const askDepth = async (queue: string): Promise<Depths> => {
    const askedAt = Date.now();
    const abortSignal = AbortSignal.timeout(ASK_MS);
    const asked = await depthsOf(place.sqs, await place.queueUrl(queue), { abortSignal }).catch(
      () => undefined,
    );
    if (!asked) return lastDepths.get(queue) ?? { visible: 0, inFlight: 0, delayed: 0 };
    lastDepths.set(queue, asked);
    const isEmpty = asked.visible + asked.inFlight + asked.delayed === 0;
    if (isEmpty && queue in topology.queues) measures.wasEmpty(queue as QueueName, askedAt);
    return asked;
  };
  const readiness = async (service: ServiceName) => {
    const lagMs = measures.lagOf(service);
    return {
      isReady: await isReady(service),
      requestsPerSecond: measures.rateOf(service),
      ...(lagMs && { lagMs }),
    };
  };

  return async () => {
    const [serviceStates, depths, deadLetters] = await Promise.all([
      recordOf(services, readiness),
      recordOf(queues, askDepth),
      recordOf(
        keepingQueues.map(({ name }) => name),
        async (name) => {
          const { visible, inFlight } = await askDepth(name);
          return visible + inFlight;
        },
      ),
    ]);
    return {
      at: Date.now(),
      services: serviceStates,
      relays: await recordOf(services, async (service) => measures.relayOf(service)),
      queues: await recordOf(queues, async (queue) => {
        const { visible, inFlight } = depths[queue];
        return { visible, inFlight, oldestMs: measures.oldestMs(queue) };
      }),
      deadLetters,
      faults: faults.list(),
      seen: measures.seen(),
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
