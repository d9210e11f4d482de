import { mapServices, type QueueName, type ServiceName, type Topology } from '@tandem/contracts/topology';
import { deadLetterQueuesOf } from '@tandem/dlq/queues';
import type { Target } from '@tandem/dlq/target';
import { type Depths, depthsOf } from '@tandem/emulators/queue-depth';
import type { Faults } from './faults.ts';
import type { Metrics } from './metrics.ts';
import type { Kills } from './kills.ts';
import type { State } from './protocol.ts';
import { createReadiness } from './readiness.ts';

/** Timeout of a depth query: an unresponsive SQS endpoint must not delay the rest of the status. */
const DEPTH_TIMEOUT_MS = 800;

export interface StatusPollerOptions {
  readonly topology: Topology;
  readonly metrics: Metrics;
  readonly faults: Pick<Faults, 'list'>;
  readonly target: Pick<Target, 'sqs' | 'queueUrl'>;
  readonly kills: Pick<Kills, 'list'>;
  readonly isReady: (service: ServiceName) => Promise<boolean>;
}

/**
 * Creates a poller of the system state; it never rejects, and takes less than a second. A queue that does not respond keeps
 * its last known depth.
 */
export function createStatusPoller(options: StatusPollerOptions): () => Promise<State> {
  const { topology, metrics, faults, kills, target, isReady } = options;
  const services = Object.keys(topology.services) as ServiceName[];
  const publishers = Object.keys(topology.relays) as ServiceName[];
  const queues = Object.keys(topology.queues) as QueueName[];
  const dlqs = deadLetterQueuesOf(topology).map(({ name }) => name);
  const readiness = createReadiness(services, isReady);
  const depths = new Map<string, Depths>();
  const depthOf = (queue: string) => depths.get(queue) ?? { visible: 0, inFlight: 0, delayed: 0 };
  const fetchDepth = async (queue: string): Promise<void> => {
    const requestedAt = Date.now();
    const abortSignal = AbortSignal.timeout(DEPTH_TIMEOUT_MS);
    const depth = await depthsOf(target.sqs, await target.queueUrl(queue), { abortSignal }).catch(
      () => undefined,
    );
    if (!depth) return;
    depths.set(queue, depth);
    const isEmpty = depth.visible + depth.inFlight + depth.delayed === 0;
    if (isEmpty && queue in topology.queues) metrics.wasEmpty(queue as QueueName, requestedAt);
  };

  return async () => {
    await Promise.all([readiness.check(), ...[...queues, ...dlqs].map(fetchDepth)]);
    const queueState = (queue: QueueName) => {
      const { visible, inFlight } = depthOf(queue);
      return [queue, { visible, inFlight, oldestMs: metrics.oldestMs(queue) }];
    };
    return {
      at: Date.now(),
      services: mapServices((service) => {
        const lagMs = metrics.lagOf(service);
        const requestsPerSecond = metrics.rateOf(service);
        return { ...readiness.of(service), requestsPerSecond, ...(lagMs && { lagMs }) };
      }, services),
      relays: Object.fromEntries(publishers.map((service) => [service, metrics.relayOf(service)])),
      queues: Object.fromEntries(queues.map(queueState)) as State['queues'],
      deadLetters: Object.fromEntries(
        dlqs.map((name) => [name, depthOf(name).visible + depthOf(name).inFlight]),
      ),
      faults: faults.list(),
      kills: kills.list(readiness.of),
      traffic: metrics.traffic(),
      tables: metrics.tables(),
    };
  };
}
