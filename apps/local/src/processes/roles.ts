import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { servedTables } from '@tandem/audit/served-tables';
import type { Running } from '@tandem/chassis/lifecycle';
import { limitsOf } from '@tandem/chassis/limits';
import { createLogger } from '@tandem/chassis/logger';
import { urlOf } from '@tandem/chassis/service';
import { startTelemetry } from '@tandem/chassis/telemetry';
import { instrumentAwsClients } from '@tandem/console/aws-instrumentation';
import type { Link } from '@tandem/console/link';
import { subsetOf } from '@tandem/contracts/subset';
import {
  mapServices,
  type Principal,
  publishers,
  type ServiceName,
  serviceNames,
  topology,
} from '@tandem/contracts/topology';
import { openRecords } from '@tandem/dlq/record';
import type { OnClient } from '@tandem/emulators/clients';
import { startEmulator } from '@tandem/emulators/messaging';
import { openSqlite } from '@tandem/storage/sqlite';
import { portVariable, traceUrlOf } from '../config.ts';
import { innerHostOf } from '../system/addresses.ts';
import { type Assembly, assembleService } from '../system/assemble.ts';
import { createForwarding } from '../system/forwarding.ts';
import { startGateway } from '../system/gateway.ts';
import { seedTables } from '../system/seed.ts';
import type { Store } from '../system/store.ts';
import { reportWrites } from '../system/table-writes.ts';
import { consoleOf } from './gateway-console.ts';
import { type RoleConfig, urlsOf } from './role-config.ts';
import type { Role } from './role-names.ts';

/** Options of tests: another store than SQLite, and hooks on the clients and the store. */
export interface RoleOptions {
  readonly onClient?: OnClient;
  readonly openStore?: (service: ServiceName) => Store;
  readonly wrapStore?: (store: Store) => Store;
  /** Link to the other processes, for the console; without it there is no console. */
  readonly link?: Link;
}

/** Starts one part of the system in this process. Rejects with EADDRINUSE when its port is in use. */
export async function startRole(role: Role, config: RoleConfig, options: RoleOptions = {}): Promise<Running> {
  await using starting = new AsyncDisposableStack();
  await start(starting, role, config, options);
  // Calls that an injected fault delays must continue before the rest stops.
  starting.defer(() => options.link?.faults.close());
  const running = starting.move();
  return { stop: () => running.disposeAsync() };
}

/** Starts a role, and adds what it needs to the stack. */
async function start(
  stack: AsyncDisposableStack,
  role: Role,
  config: RoleConfig,
  options: RoleOptions,
): Promise<void> {
  const { HOST, AWS_PORT: port, DATA_DIR, DRAIN_MS } = config;
  const host = innerHostOf(HOST);
  if (role === 'messaging') {
    const emulator = await startEmulator({
      host,
      port,
      directory: join(DATA_DIR, 'messaging'),
      topology: subsetOf(config.SERVICES),
    });
    stack.defer(() => emulator.stop());
    return;
  }
  if (role === 'gateway') return startGatewayRole(stack, config, options);
  const service = serviceNames.find((name) => name === role);
  if (service === undefined) {
    const [publisher] = publishers.find(([name]) => `${name}-relay` === role) ?? [];
    if (publisher === undefined) throw new TypeError(`${role} is no part of the topology`);
    const { startRelay } = await open(stack, publisher, `${publisher}-relay`, config, options);
    startRelay();
    return;
  }
  const { table, createService, startRelay } = await open(stack, service, service, config, options);
  // No other process removes the expired items of a table without relay.
  if (!topology.relays[service]) startRelay();
  if (config.SEED) await seedTables([service], () => table);
  const part = await createService();
  await part.start({ host, port: config[portVariable(service)] });
  stack.defer(async () => {
    // ECS deregisters a task from the load balancer before it sends SIGTERM; the gateway here polls readiness.
    part.app.draining = true;
    await delay(DRAIN_MS);
    await part.stop();
  });
}

async function startGatewayRole(
  stack: AsyncDisposableStack,
  { HOST: host, PORT: port, ...config }: RoleConfig,
  { link, openStore }: RoleOptions,
): Promise<void> {
  const stores = new Map<ServiceName, Store>();
  stack.defer(() => stores.forEach((store) => store.close()));
  const storeOf = (service: ServiceName) => {
    if (!config.SERVICES.includes(service)) return undefined;
    const store = stores.get(service) ?? openStore?.(service) ?? sqliteOf(service, config);
    stores.set(service, store);
    return store;
  };
  const records = stack.use(openRecords(join(config.DATA_DIR, 'redrives.ndjson')));
  const tables = servedTables(storeOf, config.DATA_DIR);
  const endpoint = urlOf(innerHostOf(host), config.AWS_PORT);
  const gateway = await startGateway({
    host,
    port,
    upstreams: mapServices((service) => urlsOf(service, config), config.SERVICES),
    forwarding: createForwarding(config.GATEWAY_KEY),
    load: limitsOf({ ...config, PROXY_HOPS: 1 }).load,
    ...(link && {
      console: consoleOf(link, {
        topology: subsetOf(config.SERVICES),
        traceUrl: traceUrlOf(config),
        endpoint,
        records,
        tables,
      }),
    }),
  });
  stack.defer(() => gateway.stop(config.DRAIN_MS));
}

/** Assembles a service for a process with this role. */
async function open(
  stack: AsyncDisposableStack,
  service: ServiceName,
  role: Principal,
  config: RoleConfig,
  { onClient, openStore, wrapStore = (store) => store, link }: RoleOptions,
): Promise<Assembly> {
  const logger = createLogger({ name: role, level: config.LOG_LEVEL });
  const telemetry = await startTelemetry({ service, config, log: logger });
  stack.defer(() => telemetry.stop());
  const probe = link && instrumentAwsClients(link.faults, link.report);
  const assembly = await assembleService(service, {
    config,
    endpoint: urlOf(innerHostOf(config.HOST), config.AWS_PORT),
    forwarding: createForwarding(config.GATEWAY_KEY),
    loggerOf: () => logger,
    telemetryOf: () => (probe ? { ...telemetry, tracer: probe.observe(telemetry.tracer) } : telemetry),
    openStore: () => {
      const store = wrapStore(openStore?.(service) ?? sqliteOf(service, config));
      return link ? reportWrites(store, service, link.report) : store;
    },
    onClient: (principal, client) => {
      probe?.onClient(principal, client);
      onClient?.(principal, client);
    },
  });
  return stack.use(assembly);
}

function sqliteOf(service: ServiceName, { DATA_DIR }: Pick<RoleConfig, 'DATA_DIR'>): Store {
  return openSqlite(join(DATA_DIR, `${service}.sqlite`), {
    isFollowed: topology.relays[service] !== undefined,
  });
}
