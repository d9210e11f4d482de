import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { servedTables } from '@tandem/audit/served-tables';
import { integer } from '@tandem/chassis/config';
import type { Running } from '@tandem/chassis/lifecycle';
import { limitsOf } from '@tandem/chassis/limits';
import { createLogger } from '@tandem/chassis/logger';
import { urlOf } from '@tandem/chassis/service';
import { startTelemetry } from '@tandem/chassis/telemetry';
import { instrumentAwsClients } from '@tandem/console/aws-instrumentation';
import type { Link } from '@tandem/console/link';
import {
  mapServices,
  type Principal,
  publishers,
  type ServiceName,
  serviceNames,
  titleOf,
} from '@tandem/contracts/topology';
import { openRecords } from '@tandem/dlq/record';
import type { OnClient } from '@tandem/emulators/clients';
import { startEmulator } from '@tandem/emulators/messaging';
import { openSqlite } from '@tandem/storage/sqlite';
import { z } from 'zod';
import { localConfig, portVariable, variablePrefix } from '../config.ts';
import { type Assembly, assembleService } from '../system/assemble.ts';
import { createForwarding } from '../system/forwarding.ts';
import { startGateway } from '../system/gateway.ts';
import { seedTables } from '../system/seed.ts';
import type { Store } from '../system/store.ts';
import { consoleOf } from './gateway-console.ts';

/** Role of a process: a service, the relay of one that publishes, or what all of them share. */
export type Role = Principal | 'messaging' | 'gateway';

const relayRoles = publishers.map(([service]) => `${service}-relay` as const);

/** Roles in groups that stop together, dependents first; they start in the reverse order. */
export const roleGroups: readonly (readonly Role[])[] = [
  ['gateway'],
  serviceNames,
  relayRoles,
  ['messaging'],
];

const urls = z
  .string()
  .transform((list) => list.split(','))
  .pipe(z.tuple([z.url()], z.url()));

/** The environment variable with the base URLs of the instances of a service: `PRODUCT_URLS`. */
export function urlsVariable(service: ServiceName): `${Uppercase<ServiceName>}_URLS` {
  return `${variablePrefix(service)}_URLS`;
}

/** Environment variables of one process: all ports are assigned. */
export const roleConfig = localConfig.extend({
  GATEWAY_KEY: z.string().describe('Key by which the services recognise the gateway'),
  ...(Object.fromEntries(
    serviceNames.map((service) => [
      urlsVariable(service),
      urls.describe(`Base URLs of the instances of ${titleOf(service)}`),
    ]),
  ) as Record<ReturnType<typeof urlsVariable>, typeof urls>),
  DRAIN_MS: integer(0, 10_000).describe(
    'How long a stopping process is not ready, but still accepts requests',
  ),
});

export type RoleConfig = z.output<typeof roleConfig>;

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
  const running = await start(role, config, options);
  return {
    stop() {
      // Calls that an injected fault delays must continue before the rest stops.
      options.link?.faults.close();
      return running.stop();
    },
  };
}

function start(role: Role, config: RoleConfig, options: RoleOptions): Promise<Running> {
  const { HOST: host, AWS_PORT: port, DATA_DIR } = config;
  if (role === 'messaging') return startEmulator({ host, port, directory: join(DATA_DIR, 'messaging') });
  if (role === 'gateway') return startGatewayRole(config, options);
  const service = serviceNames.find((name) => name === role);
  if (service !== undefined) return startServiceRole(service, config, options);
  const [publisher] = publishers.find(([name]) => `${name}-relay` === role) ?? [];
  if (publisher === undefined) throw new TypeError(`${role} is no part of the topology`);
  return startRelayRole(publisher, config, options);
}

async function startGatewayRole(
  { HOST: host, PORT: port, ...config }: RoleConfig,
  { link, openStore }: RoleOptions,
): Promise<Running> {
  const stores = new Map<ServiceName, Store>();
  const storeOf = (service: ServiceName) => {
    const store =
      stores.get(service) ?? openStore?.(service) ?? openSqlite(join(config.DATA_DIR, `${service}.sqlite`));
    stores.set(service, store);
    return store;
  };
  const tables = servedTables(storeOf, config.DATA_DIR);
  const records = openRecords(join(config.DATA_DIR, 'redrives.ndjson'));
  const gateway = await startGateway({
    host,
    port,
    upstreams: mapServices((service) => config[urlsVariable(service)]),
    forwarding: createForwarding(config.GATEWAY_KEY),
    load: limitsOf({ ...config, PROXY_HOPS: 1 }).load,
    ...(link && {
      console: consoleOf(link, {
        endpoint: urlOf(host, config.AWS_PORT),
        saveRecord: records.saveRecord,
        tables,
      }),
    }),
  });
  return {
    async stop() {
      await gateway.stop(config.DRAIN_MS);
      await records[Symbol.asyncDispose]();
      for (const store of stores.values()) store.close();
    },
  };
}

async function startServiceRole(
  service: ServiceName,
  config: RoleConfig,
  options: RoleOptions,
): Promise<Running> {
  const assembly = await open(service, service, config, options);
  if (config.SEED) await seedTables((name) => (name === service ? assembly.table : undefined));
  const part = await assembly.createService();
  await part.start({ host: config.HOST, port: config[portVariable(service)] });
  return {
    async stop() {
      // ECS deregisters a task from the load balancer before it sends SIGTERM; the gateway here polls readiness.
      part.app.draining = true;
      await delay(config.DRAIN_MS);
      await part.stop();
      await assembly[Symbol.asyncDispose]();
    },
  };
}

async function startRelayRole(
  service: ServiceName,
  config: RoleConfig,
  options: RoleOptions,
): Promise<Running> {
  const assembly = await open(service, `${service}-relay`, config, options);
  assembly.startRelay();
  return { stop: async () => assembly[Symbol.asyncDispose]() };
}

/** Assembles a service for a process with this role. */
async function open(
  service: ServiceName,
  role: Principal,
  config: RoleConfig,
  { onClient, openStore, wrapStore = (store) => store, link }: RoleOptions,
): Promise<Assembly> {
  const logger = createLogger({ name: role, level: config.LOG_LEVEL });
  const telemetry = await startTelemetry({ service, config, log: logger });
  const probe = link && instrumentAwsClients(link.faults, link.report);
  const assembly = await assembleService(service, {
    config,
    endpoint: urlOf(config.HOST, config.AWS_PORT),
    forwarding: createForwarding(config.GATEWAY_KEY),
    loggerOf: () => logger,
    telemetryOf: () => telemetry,
    openStore: () =>
      wrapStore(openStore?.(service) ?? openSqlite(join(config.DATA_DIR, `${service}.sqlite`))),
    onClient: (principal, client) => {
      probe?.onClient(principal, client);
      onClient?.(principal, client);
    },
  });
  return {
    ...assembly,
    async [Symbol.asyncDispose]() {
      await assembly[Symbol.asyncDispose]();
      await telemetry.stop();
    },
  };
}
