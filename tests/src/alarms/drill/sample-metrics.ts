import { setInterval } from 'node:timers/promises';
import { type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import type { Emulator } from '@tandem/emulators/messaging';
import { type CloudWatch, MINUTE_MS, TIME_FACTOR } from './cloudwatch.ts';

export interface SampleOptions {
  readonly cloudWatch: CloudWatch;
  /** SNS and SQS. */
  readonly emulator: Pick<Emulator, 'inspectQueue'>;
  readonly loadBalancer: string;
  /** Of the services behind the load balancer. */
  readonly targetGroups: ReadonlyMap<ServiceName, string>;
  /** URLs of all instances of each service. */
  readonly instances: Readonly<Record<ServiceName, readonly string[]>>;
}

/** Receive count beyond which SQS excludes a message from the age metric. */
const MAX_RECEIVES_FOR_AGE = 3;

const queues = [
  ...Object.entries(topology.queues).flatMap(([queue, { deadLetterQueue }]) => [queue, deadLetterQueue]),
  ...Object.values(topology.relays).map(({ parkingQueue }) => parkingQueue),
];

/** Records the metrics of every queue and instance once a minute, as SQS and the load balancer do. */
export function sampleMetrics(options: SampleOptions): AsyncDisposable {
  const { cloudWatch, emulator, loadBalancer, targetGroups, instances } = options;
  const stopping = new AbortController();

  const sampleQueue = (QueueName: string) => {
    const messages = emulator.inspectQueue(QueueName);
    if (messages === undefined) throw new TypeError(`there is no queue ${QueueName}`);
    const { ready, delayed, inflight } = messages;
    const sent = [...ready, ...delayed, ...inflight.map(({ message }) => message)]
      .filter(({ approximateReceiveCount }) => approximateReceiveCount <= MAX_RECEIVES_FOR_AGE)
      .map(({ sentTimestamp }) => sentTimestamp);
    const ageMs = sent.length === 0 ? 0 : Date.now() - Math.min(...sent);
    const ofQueue = (name: string, value: number) => cloudWatch.record('AWS/SQS', name, { QueueName }, value);
    ofQueue('ApproximateNumberOfMessagesVisible', ready.length);
    ofQueue('ApproximateAgeOfOldestMessage', (ageMs / 1_000) * TIME_FACTOR);
  };
  const sampleInstances = async (service: ServiceName) => {
    const ready = (await Promise.all(instances[service].map(isReady))).filter(Boolean).length;
    const TargetGroup = targetGroups.get(service);
    if (TargetGroup !== undefined)
      cloudWatch.record(
        'AWS/ApplicationELB',
        'HealthyHostCount',
        { LoadBalancer: loadBalancer, TargetGroup },
        ready,
      );
    // ECS records a sample for each running task.
    const dimensions = { ClusterName: service, ServiceName: service };
    for (let i = 0; i < ready; i++) cloudWatch.record('AWS/ECS', 'CPUUtilization', dimensions, 1);
  };
  const sampleAll = async () => {
    queues.forEach(sampleQueue);
    await Promise.all(serviceNames.map(sampleInstances));
  };

  const sampling = (async () => {
    await sampleAll();
    for await (const _ of setInterval(MINUTE_MS, undefined, { signal: stopping.signal })) await sampleAll();
  })().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await sampling;
    },
  };
}

function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/ready`, { signal: AbortSignal.timeout(5_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
