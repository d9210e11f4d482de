import { readConfig } from '@tandem/chassis/config';
import { limitsOf } from '@tandem/chassis/limits';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import {
  mapServices,
  mapServicesAsync,
  type ServiceName,
  serviceNames,
  topology,
} from '@tandem/contracts/topology';
import { localConfig } from '@tandem/local/config';
import { startEmulator } from '@tandem/emulators/messaging';
import { assemble } from '@tandem/local/system/assemble';
import { createForwarding } from '@tandem/local/system/forwarding';
import { startGateway } from '@tandem/local/system/gateway';
import { openSqlite } from '@tandem/storage/sqlite';
import type { Table } from '@tandem/storage/table';
import { until } from '../../support/until.ts';
import type { Definitions } from '../definitions.ts';
import { type CloudWatch, createCloudWatch } from './cloudwatch.ts';
import { observeOwnMetrics } from './observe-own-metrics.ts';
import { observeRequests } from './observe-requests.ts';
import { observeStore } from './observe-store.ts';
import { runProbe } from './run-probe.ts';
import { sampleMetrics } from './sample-metrics.ts';
import { type InjectedFaults, injectClientFaults, injectStoreFaults, noFaults } from './injected-faults.ts';

/** Services behind the load balancer. */
export const routed = serviceNames.filter((service) => topology.services[service].paths.length > 0);

/**
 * The whole system in this process, with as many instances as production, and with the metrics of AWS. Services that are
 * functions on AWS run like all others.
 */
export interface DrilledSystem extends AsyncDisposable {
  readonly url: string;
  /** Endpoint of SNS and SQS. */
  readonly endpoint: string;
  readonly cloudWatch: CloudWatch;
  readonly services: Readonly<Record<ServiceName, DrilledService>>;
  readonly stopProbe: () => Promise<void>;
}

/** A service with its table, instances and relay, and their injected faults. */
export interface DrilledService {
  readonly faults: InjectedFaults;
  readonly table: Table | undefined;
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
  const logger = createLogger({ name: 'drill', level: 'silent' });
  const forwarding = createForwarding();
  const faults = mapServices(noFaults);
  const metrics = mapServices(createMetrics);
  const assemblies = starting.use(
    await assemble({
      config,
      endpoint,
      forwarding,
      loggerOf: () => logger,
      telemetryOf: (service) => ({ metrics: metrics[service], tracer: undefined }),
      onClient: (principal, client) =>
        injectClientFaults(client, faults[principal.replace(/-relay$/, '') as ServiceName]),
      openStore: (service) => {
        const store = injectStoreFaults(openSqlite(':memory:'), faults[service]);
        const { table } = topology.services[service];
        if (table === undefined) return store;
        const mapping = topology.relays[service] && only(service, 'AWS::Lambda::EventSourceMapping', 'Id');
        return observeStore(store, { service, table, cloudWatch, mapping });
      },
    }),
  );
  const services = await mapServicesAsync(async (service): Promise<DrilledService> => {
    const scope = { namespace: namespaceOf(service), dimensions: { service } };
    starting.use(observeOwnMetrics(metrics[service], { ...scope, cloudWatch }));
    const { createService, startRelay, table } = assemblies[service];
    const relay = startRelay();
    const instances = [];
    for (let i = 0; i < INSTANCES; i++) {
      const instance = await createService();
      const stop = once(() => instance.stop());
      starting.defer(stop);
      instances.push({ ...(await instance.start({ host: HOST, port: 0 })), stop });
    }
    return {
      faults: faults[service],
      table,
      instances,
      stopRelay: async () => relay?.[Symbol.asyncDispose](),
    };
  });
  const urlsOf = (service: ServiceName) => services[service].instances.map(({ url }) => url);
  /** One instance gets all requests: load balancing is not part of the drill. */
  const upstreams = mapServices((service) => urlsOf(service)[0] ?? '');

  const { load } = limitsOf({ ...config, PROXY_HOPS: 1 });
  const gateway = await startGateway({
    host: HOST,
    port: 0,
    upstreams: mapServices((service) => [upstreams[service]]),
    forwarding,
    load,
  });
  starting.defer(() => gateway.stop());
  await until(
    async () =>
      Promise.all(serviceNames.flatMap(urlsOf).map(async (url) => (await fetch(`${url}/ready`)).status)),
    (statuses) => statuses.every((status) => status === 200),
  );

  const balanced = {
    cloudWatch,
    loadBalancer: only('edge', 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'LoadBalancerFullName'),
    targetGroups: new Map(
      routed.map((service) => [
        service,
        only(service, 'AWS::ElasticLoadBalancingV2::TargetGroup', 'TargetGroupFullName'),
      ]),
    ),
  };
  starting.use(observeRequests({ ...balanced, upstreams }));
  starting.use(sampleMetrics({ ...balanced, emulator, instances: mapServices(urlsOf) }));

  const probing = starting.use(runProbe(gateway.url, cloudWatch));

  const running = starting.move();
  return {
    url: gateway.url,
    endpoint,
    cloudWatch,
    services,
    stopProbe: async () => probing[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
