import { limitsOf } from '@tandem/chassis/limits';
import { createLogger } from '@tandem/chassis/logger';
import type { Metrics } from '@tandem/chassis/metrics';
import { startTelemetry } from '@tandem/chassis/telemetry';
import { mapServices, mapServicesAsync, type ServiceName } from '@tandem/contracts/topology';
import { openSqlite } from '@tandem/storage/sqlite';
import { type LocalConfig, portVariable } from '../config.ts';
import { servedTables } from '@tandem/audit/served-tables';
import { createFaults } from '@tandem/console/faults';
import { createEventBuffer } from '@tandem/console/event-buffer';
import { instrumentAwsClients } from '@tandem/console/aws-instrumentation';
import { openRecords } from '@tandem/dlq/record';
import { startEmulator } from '@tandem/emulators/messaging';
import { assemble, type AssemblyOptions } from './assemble.ts';
import { createForwarding } from './forwarding.ts';
import { claimDataDir } from './data-dir.ts';
import { startGateway } from './gateway.ts';
import { startPart } from './part.ts';
import { claimPort } from './ports.ts';
import { seedTables } from './seed.ts';

/** Running system in this process. */
export interface System {
  readonly urls: Readonly<Record<'gateway' | ServiceName | 'aws', string>>;
  readonly metrics: Readonly<Record<ServiceName, Metrics>>;
  /** Graceful shutdown: stops accepting requests, finishes those in flight, and closes everything. */
  stop(): Promise<void>;
}

/** Options of tests: another store than SQLite, a hook on the clients, and response validation. */
export type StartOptions = Partial<Pick<AssemblyOptions, 'openStore' | 'onClient' | 'validateResponses'>>;

/**
 * Starts all services, SNS, SQS, storage, relays and the gateway. Rejects with a DomainError when a port or the data
 * directory is in use, after stopping the parts that were started.
 */
export async function startSystem(
  config: LocalConfig,
  { openStore, onClient, validateResponses }: StartOptions = {},
): Promise<System> {
  await using starting = new AsyncDisposableStack();
  const { HOST: host, EPHEMERAL: ephemeral } = config;
  const logger = createLogger({ name: 'tandem', level: config.LOG_LEVEL });
  const telemetry = await mapServicesAsync(async (service) =>
    starting.adopt(await startTelemetry({ service, config, log: logger }), (started) => started.stop()),
  );

  const dataDir = ephemeral
    ? undefined
    : starting.adopt(claimDataDir(config.DATA_DIR), (dir) => dir.release());
  const emulator = await claimPort('AWS_PORT', config.AWS_PORT, () =>
    startEmulator({ host, port: config.AWS_PORT, directory: dataDir?.file('messaging') }),
  );
  starting.defer(() => emulator.stop());
  const { endpoint } = emulator;
  const [eventBuffer, faults] = [createEventBuffer(), createFaults()];
  const probe = instrumentAwsClients(faults, eventBuffer.append);
  const forwarding = createForwarding();
  const assemblies = starting.use(
    await assemble({
      config,
      endpoint,
      forwarding,
      validateResponses,
      loggerOf: () => logger,
      telemetryOf: (service) => telemetry[service],
      openStore: openStore ?? ((service) => openSqlite(dataDir?.file(`${service}.sqlite`) ?? ':memory:')),
      onClient: (principal, client) => {
        probe.onClient(principal, client);
        onClient?.(principal, client);
      },
    }),
  );
  mapServices((service) => assemblies[service].startRelay());
  // Calls that an injected fault delays must continue before the rest stops.
  starting.defer(() => faults.close());
  if (config.SEED) await seedTables((service) => assemblies[service].table);

  const parts = await mapServicesAsync(async (service) => {
    const variable = portVariable(service);
    const address = { host, port: config[variable] };
    const { createService } = assemblies[service];
    const part = await claimPort(variable, address.port, () => startPart(createService, address, logger));
    return starting.adopt(part, (started) => started.stop());
  });
  const records = dataDir && starting.use(openRecords(dataDir.file('redrives.ndjson')));
  const gateway = await claimPort('PORT', config.PORT, () =>
    startGateway({
      host,
      port: config.PORT,
      upstreams: mapServices((service) => [parts[service].url]),
      forwarding,
      load: limitsOf({ ...config, PROXY_HOPS: 1 }).load,
      console: {
        mode: 'oneProcess',
        eventBuffer,
        faults,
        kill: (service) => parts[service].kill(),
        endpoint,
        saveRecord: records?.saveRecord ?? (async () => undefined),
        tables: servedTables((service) => assemblies[service].store, dataDir?.file('')),
      },
    }),
  );
  starting.defer(() => gateway.stop());

  const running = starting.move();
  return {
    urls: { ...mapServices((service) => parts[service].url), gateway: gateway.url, aws: endpoint },
    metrics: mapServices((service) => telemetry[service].metrics),
    stop: () => running.disposeAsync(),
  };
}
