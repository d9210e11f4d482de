import { readConfig } from '@tandem/chassis/config';
import { limitsOf } from '@tandem/chassis/limits';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import { localConfig } from '@tandem/local/config';
import { startEmulator } from '@tandem/emulators/messaging';
import { openClients } from '@tandem/emulators/clients';
import { createForwarding } from '@tandem/local/system/forwarding';
import { startGateway } from '@tandem/local/system/gateway';
import { startRelay } from '@tandem/local/system/relay';
import { createLocalService } from '@tandem/local/system/service';
import { tableOf } from '@tandem/local/system/store';
import { openSqlite } from '@tandem/storage/sqlite';
import type { Table } from '@tandem/storage/table';
import { until } from '../../support/until.ts';
import type { Definitions } from '../definitions.ts';
import { type CloudWatch, createCloudWatch } from './cloudwatch.ts';
import { observeOwnMetrics } from './observe-own-metrics.ts';
import { observeRequests } from './observe-requests.ts';
import { observeStore } from './observe-store.ts';
import { sampleMetrics } from './sample-metrics.ts';
import { type InjectedFaults, injectClientFaults, injectStoreFaults, noFaults } from './injected-faults.ts';

export const services = ['product', 'cart'] as const satisfies ServiceName[];

/** The whole system in this process, with as many instances as production, and with the metrics of AWS. */
export interface DrilledSystem extends AsyncDisposable {
  readonly url: string;
  /** Endpoint of SNS and SQS. */
  readonly endpoint: string;
  readonly cloudWatch: CloudWatch;
  readonly of: Readonly<Record<ServiceName, Drilled>>;
}

/** A service with its table, instances and relay, and their injected faults. */
export interface Drilled {
  readonly faults: InjectedFaults;
  readonly table: Table;
  /** The first instance gets all requests. */
  readonly instances: readonly { readonly url: string; stop(): Promise<void> }[];
  readonly stopRelay: () => Promise<void>;
}

/** `tasks.min` of production. */
const INSTANCES = 2;
const HOST = '127.0.0.1';

export async function startDrilledSystem({ only, namespaceOf }: Definitions): Promise<DrilledSystem> {
  await using starting = new AsyncDisposableStack();
  const cloudWatch = createCloudWatch();
  // Without the read cache, so that faults of the table affect reads of the few products.
  const config = readConfig(localConfig, { EPHEMERAL: '1', LOG_LEVEL: 'silent', READ_CACHE_MS: '0' });
  const emulator = await startEmulator({ host: HOST, port: 0, directory: undefined });
  starting.defer(() => emulator.stop());
  const { endpoint } = emulator;
  const common = {
    config,
    endpoint,
    logger: createLogger({ name: 'drill', level: 'silent' }),
    forwarding: createForwarding(),
  };

  const start = async (service: ServiceName): Promise<Drilled> => {
    const faults = noFaults();
    const clients = openClients(service, endpoint, (_, client) => injectClientFaults(client, faults));
    starting.use(clients.service);
    starting.use(clients.relay);
    const sqlite = openSqlite(':memory:');
    starting.defer(() => sqlite.close());
    const mapping = only(service, 'AWS::Lambda::EventSourceMapping', 'Id');
    const store = observeStore(injectStoreFaults(sqlite, faults), { service, cloudWatch, mapping });
    const metrics = createMetrics();
    const scope = { namespace: namespaceOf(service), dimensions: { service } };
    starting.use(observeOwnMetrics(metrics, { ...scope, cloudWatch }));
    const shared = { ...common, service, metrics, tracer: undefined };
    const relay = startRelay({ ...shared, ...clients.relay, store });
    const stopRelay = once(async () => relay[Symbol.asyncDispose]());
    starting.defer(stopRelay);
    const table = tableOf(store, shared.metrics);
    const instances = [];
    for (let i = 0; i < INSTANCES; i++) {
      const instance = await createLocalService({ ...shared, ...clients.service, table });
      const stop = once(() => instance.stop());
      starting.defer(stop);
      instances.push({ ...(await instance.start({ host: HOST, port: 0 })), stop });
    }
    return { faults, table, instances, stopRelay };
  };
  const of = { product: await start('product'), cart: await start('cart') };
  const urlsOf = (service: ServiceName) => of[service].instances.map(({ url }) => url);
  /** One instance gets all requests: load balancing is not part of the drill. */
  const upstreams = { product: urlsOf('product')[0] ?? '', cart: urlsOf('cart')[0] ?? '' };

  const { load } = limitsOf({ ...config, PROXY_HOPS: 1 });
  const gateway = await startGateway({
    host: HOST,
    port: 0,
    upstreams: { product: [upstreams.product], cart: [upstreams.cart] },
    forwarding: common.forwarding,
    load,
  });
  starting.defer(() => gateway.stop());
  await until(
    async () =>
      Promise.all(services.flatMap(urlsOf).map(async (url) => (await fetch(`${url}/ready`)).status)),
    (statuses) => statuses.every((status) => status === 200),
  );

  const targetGroupOf = (service: ServiceName) =>
    only(service, 'AWS::ElasticLoadBalancingV2::TargetGroup', 'TargetGroupFullName');
  const balanced = {
    cloudWatch,
    loadBalancer: only('edge', 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'LoadBalancerFullName'),
    targetGroups: { product: targetGroupOf('product'), cart: targetGroupOf('cart') },
  };
  starting.use(observeRequests({ ...balanced, upstreams }));
  const instances = { product: urlsOf('product'), cart: urlsOf('cart') };
  starting.use(sampleMetrics({ ...balanced, endpoint, instances }));

  const running = starting.move();
  return {
    url: gateway.url,
    endpoint,
    cloudWatch,
    of,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Queue that a service consumes. */
export function queueOf(service: ServiceName): string {
  const [queue] = Object.entries(topology.queues).find(([, { consumer }]) => consumer === service) ?? [];
  if (queue === undefined) throw new Error(`${service} consumes no queue.`);
  return queue;
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
