import { integer } from '@tandem/chassis/config';
import { createLogger } from '@tandem/chassis/logger';
import type { Running } from '@tandem/chassis/lifecycle';
import { startTelemetry } from '@tandem/chassis/telemetry';
import { limitsOf } from '@tandem/chassis/limits';
import { urlOf } from '@tandem/chassis/service';
import type { ServiceName } from '@tandem/contracts/topology';
import { openSqlite } from '@tandem/storage/sqlite';
import { z } from 'zod';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { localConfig } from '../config.ts';
import { servedTables } from '@tandem/audit/served-tables';
import type { Link } from '@tandem/console/link';
import { instrumentAwsClients } from '@tandem/console/aws-instrumentation';
import { openRecords } from '@tandem/dlq/record';
import { startEmulator } from '@tandem/emulators/messaging';
import { type OnClient, openClients } from '@tandem/emulators/clients';
import { createForwarding } from '../system/forwarding.ts';
import { startGateway } from '../system/gateway.ts';
import { startRelay } from '../system/relay.ts';
import { seed } from '../system/seed.ts';
import { createLocalService } from '../system/service.ts';
import { type Store, tableOf } from '../system/store.ts';
import { consoleOf } from './gateway-console.ts';

/** Roles of the processes of the system. */
export const roles = ['messaging', 'product', 'cart', 'product-relay', 'cart-relay', 'gateway'] as const;

export type Role = (typeof roles)[number];

const urls = z
  .string()
  .transform((list) => list.split(','))
  .pipe(z.tuple([z.url()], z.url()));

/** Environment variables of one process: all ports are assigned. */
export const roleConfig = localConfig.extend({
  GATEWAY_KEY: z.string().describe('Key by which the services recognise the gateway'),
  PRODUCT_URLS: urls.describe('Base URLs of the instances of Product'),
  CART_URLS: urls.describe('Base URLs of the instances of Cart'),
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
  const running = await starters[role](config, options);
  return {
    stop() {
      // Calls that an injected fault delays must continue before the rest stops.
      options.link?.faults.close();
      return running.stop();
    },
  };
}

const starters: Readonly<Record<Role, (config: RoleConfig, options: RoleOptions) => Promise<Running>>> = {
  messaging: ({ HOST: host, AWS_PORT: port, DATA_DIR }) =>
    startEmulator({ host, port, directory: join(DATA_DIR, 'messaging') }),
  product: (config, options) => startServiceRole('product', config, options),
  cart: (config, options) => startServiceRole('cart', config, options),
  'product-relay': (config, options) => startRelayRole('product', config, options),
  'cart-relay': (config, options) => startRelayRole('cart', config, options),
  gateway: startGatewayRole,
};

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
    upstreams: { product: config.PRODUCT_URLS, cart: config.CART_URLS },
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
  const { table, telemetry, clients, logger, close } = await open(service, service, config, options);
  if (service === 'product' && config.SEED) await seed(table, new Date().toISOString());
  const part = await createLocalService({
    ...telemetry,
    ...clients.service,
    service,
    config,
    endpoint: urlOf(config.HOST, config.AWS_PORT),
    table,
    forwarding: createForwarding(config.GATEWAY_KEY),
    logger,
  });
  const port = service === 'product' ? config.PRODUCT_PORT : config.CART_PORT;
  await part.start({ host: config.HOST, port });
  return {
    async stop() {
      // ECS deregisters a task from the load balancer before it sends SIGTERM; the gateway here polls readiness.
      part.app.draining = true;
      await delay(config.DRAIN_MS);
      await part.stop();
      await close();
    },
  };
}

async function startRelayRole(
  service: ServiceName,
  config: RoleConfig,
  options: RoleOptions,
): Promise<Running> {
  const { store, telemetry, clients, logger, close } = await open(
    service,
    `${service}-relay`,
    config,
    options,
  );
  const endpoint = urlOf(config.HOST, config.AWS_PORT);
  const relay = startRelay({ ...telemetry, ...clients.relay, service, store, endpoint, logger });
  return {
    async stop() {
      await relay[Symbol.asyncDispose]();
      await close();
    },
  };
}

/** Opens the store, the clients and the telemetry of a service or of its relay. */
async function open(
  service: ServiceName,
  name: Role,
  config: RoleConfig,
  { onClient, openStore, wrapStore = (store) => store, link }: RoleOptions,
) {
  const logger = createLogger({ name, level: config.LOG_LEVEL });
  const telemetry = await startTelemetry({ service, config, log: logger });
  const store = wrapStore(openStore?.(service) ?? openSqlite(join(config.DATA_DIR, `${service}.sqlite`)));
  const probe = link && instrumentAwsClients(link.faults, link.report);
  const clients = openClients(service, urlOf(config.HOST, config.AWS_PORT), (principal, client) => {
    probe?.onClient(principal, client);
    onClient?.(principal, client);
  });
  const close = async () => {
    clients.service[Symbol.dispose]();
    clients.relay[Symbol.dispose]();
    store.close();
    await telemetry.stop();
  };
  return { logger, telemetry, store, table: tableOf(store, telemetry.metrics), clients, close };
}
