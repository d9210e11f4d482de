import { limitsOf } from '@tandem/chassis/limits';
import { createLogger } from '@tandem/chassis/logger';
import type { Metrics } from '@tandem/chassis/metrics';
import { startTelemetry } from '@tandem/chassis/telemetry';
import type { ServiceName } from '@tandem/contracts/topology';
import { openSqlite } from '@tandem/storage/sqlite';
import type { LocalConfig } from '../config.ts';
import { servedTables } from '@tandem/audit/served-tables';
import { createFaults } from '@tandem/console/faults';
import { createEventBuffer } from '@tandem/console/event-buffer';
import { instrumentAwsClients } from '@tandem/console/aws-instrumentation';
import { openRecords } from '@tandem/dlq/record';
import { type Emulator, startEmulator } from '@tandem/emulators/messaging';
import { type OnClient, openClients } from '@tandem/emulators/clients';
import { createForwarding } from './forwarding.ts';
import { openContext } from './context.ts';
import { claimDataDir } from './data-dir.ts';
import { startGateway } from './gateway.ts';
import { type Part, startPart } from './part.ts';
import { claimPort } from './ports.ts';
import { seed } from './seed.ts';
import { createLocalService } from './service.ts';
import type { Store } from './store.ts';

/** Running system in this process. */
export interface System {
  readonly urls: Readonly<Record<'gateway' | ServiceName | 'aws', string>>;
  readonly metrics: Readonly<Record<ServiceName, Metrics>>;
  /** Graceful shutdown: stops accepting requests, finishes those in flight, and closes everything. */
  stop(): Promise<void>;
}

/** Options of tests: another store than SQLite, a hook on the clients, and response validation. */
export interface StartOptions {
  readonly onClient?: OnClient;
  readonly openStore?: (service: ServiceName) => Store | Promise<Store>;
  readonly validateResponses?: boolean;
}

/**
 * Starts both services, SNS, SQS, storage, relays and the gateway. Rejects with a DomainError when a port or the data
 * directory is in use, after stopping the parts that were started.
 */
export async function startSystem(
  config: LocalConfig,
  { openStore, onClient, ...options }: StartOptions = {},
): Promise<System> {
  await using starting = new AsyncDisposableStack();
  const { HOST: host, EPHEMERAL: ephemeral } = config;
  const logger = createLogger({ name: 'tandem', level: config.LOG_LEVEL });
  const telemetryOf = async (service: ServiceName) =>
    starting.adopt(await startTelemetry({ service, config, log: logger }), (started) => started.stop());
  const telemetry = { product: await telemetryOf('product'), cart: await telemetryOf('cart') };

  const dataDir = ephemeral
    ? undefined
    : starting.adopt(claimDataDir(config.DATA_DIR), (dir) => dir.release());
  const emulator: Emulator = await claimPort('AWS_PORT', config.AWS_PORT, () =>
    startEmulator({ host, port: config.AWS_PORT, directory: dataDir?.file('messaging') }),
  );
  starting.defer(() => emulator.stop());
  const { endpoint } = emulator;
  const [eventBuffer, faults] = [createEventBuffer(), createFaults()];
  const probe = instrumentAwsClients(faults, eventBuffer.append);
  const clientsOf = (service: ServiceName) => {
    const clients = openClients(service, endpoint, (principal, client) => {
      probe.onClient(principal, client);
      onClient?.(principal, client);
    });
    starting.use(clients.service);
    starting.use(clients.relay);
    return clients;
  };
  const clients = { product: clientsOf('product'), cart: clientsOf('cart') };

  const storeOf =
    openStore ?? ((service: ServiceName) => openSqlite(dataDir?.file(`${service}.sqlite`) ?? ':memory:'));
  const shared = { config, endpoint, logger, forwarding: createForwarding(), ...options };
  const stores = new Map<ServiceName, Store>();
  const contextOf = async (service: ServiceName) => {
    const store = await storeOf(service);
    stores.set(service, store);
    return starting.use(
      openContext({
        ...shared,
        ...telemetry[service],
        ...clients[service].relay,
        service,
        store,
      }),
    );
  };
  const contexts = { product: await contextOf('product'), cart: await contextOf('cart') };
  // Calls that an injected fault delays must continue before the rest stops.
  starting.defer(() => faults.close());
  if (config.SEED) await seed(contexts.product.table, new Date().toISOString());

  const start = async (service: ServiceName, variable: string, port: number): Promise<Part> => {
    const create = () =>
      createLocalService({
        ...shared,
        ...telemetry[service],
        ...clients[service].service,
        service,
        table: contexts[service].table,
      });
    const part = await claimPort(variable, port, () => startPart(create, { host, port }, logger));
    return starting.adopt(part, (started) => started.stop());
  };
  const parts = {
    product: await start('product', 'PRODUCT_PORT', config.PRODUCT_PORT),
    cart: await start('cart', 'CART_PORT', config.CART_PORT),
  };
  const upstreams = { product: parts.product.url, cart: parts.cart.url };
  const records = dataDir && starting.use(openRecords(dataDir.file('redrives.ndjson')));
  const gateway = await claimPort('PORT', config.PORT, () =>
    startGateway({
      host,
      port: config.PORT,
      upstreams: { product: [upstreams.product], cart: [upstreams.cart] },
      forwarding: shared.forwarding,
      load: limitsOf({ ...config, PROXY_HOPS: 1 }).load,
      console: {
        mode: 'oneProcess',
        eventBuffer,
        faults,
        kill: (service) => parts[service].kill(),
        endpoint,
        saveRecord: records?.saveRecord ?? (async () => undefined),
        tables: servedTables((service) => stores.get(service), dataDir?.file('')),
      },
    }),
  );
  starting.defer(() => gateway.stop());

  const running = starting.move();
  return {
    urls: { gateway: gateway.url, ...upstreams, aws: endpoint },
    metrics: { product: telemetry.product.metrics, cart: telemetry.cart.metrics },
    stop: () => running.disposeAsync(),
  };
}
