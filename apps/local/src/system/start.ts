import { limitsOf } from '@tandem/chassis/limits';
import { createLogger } from '@tandem/chassis/logger';
import type { Metrics } from '@tandem/chassis/metrics';
import { startTelemetry } from '@tandem/chassis/telemetry';
import { subsetOf } from '@tandem/contracts/subset';
import { mapServices, mapServicesAsync, type ServiceName } from '@tandem/contracts/topology';
import { openSqlite } from '@tandem/storage/sqlite';
import { type LocalConfig, portVariable, traceUrlOf } from '../config.ts';
import { servedTables } from '@tandem/audit/served-tables';
import { createFaults } from '@tandem/console/faults';
import { createEventBuffer } from '@tandem/console/event-buffer';
import { instrumentAwsClients } from '@tandem/console/aws-instrumentation';
import { ephemeralRecords, openRecords } from '@tandem/dlq/record';
import { startEmulator } from '@tandem/emulators/messaging';
import { assemble, type AssemblyOptions } from './assemble.ts';
import { createForwarding } from './forwarding.ts';
import { innerHostOf } from './addresses.ts';
import { claimDataDir } from './data-dir.ts';
import { startGateway } from './gateway.ts';
import { DOWNTIME_MS, startPart } from './part.ts';
import { claimPort } from './ports.ts';
import { seedTables } from './seed.ts';
import { reportWrites } from './table-writes.ts';

/** Running system in this process. Services that the configuration leaves out have no URL and no metrics. */
export interface System {
  readonly urls: Readonly<Record<'gateway' | ServiceName | 'aws', string>>;
  readonly metrics: Readonly<Record<ServiceName, Metrics>>;
  /** Graceful shutdown: stops accepting requests, finishes those in flight, and closes everything. */
  stop(): Promise<void>;
}

/** Options of tests: another store than SQLite, a hook on the clients, and response validation. */
export type StartOptions = Partial<Pick<AssemblyOptions, 'openStore' | 'onClient' | 'validateResponses'>>;

/**
 * Starts the services that the configuration selects, SNS, SQS, storage, relays and the gateway. Rejects with a DomainError when a port or the data
 * directory is in use, after stopping the parts that were started.
 */
export async function startSystem(
  config: LocalConfig,
  { openStore, onClient, validateResponses }: StartOptions = {},
): Promise<System> {
  await using starting = new AsyncDisposableStack();
  const { HOST: gatewayHost, EPHEMERAL: ephemeral, SERVICES: names } = config;
  const host = innerHostOf(gatewayHost);
  const topology = subsetOf(names);
  const logger = createLogger({ name: 'tandem', level: config.LOG_LEVEL });
  const telemetry = await mapServicesAsync(
    async (service) =>
      starting.adopt(await startTelemetry({ service, config, log: logger }), (started) => started.stop()),
    names,
  );

  const dataDir = ephemeral
    ? undefined
    : starting.adopt(claimDataDir(config.DATA_DIR), (dir) => dir.release());
  const emulator = await claimPort('AWS_PORT', config.AWS_PORT, () =>
    startEmulator({ host, port: config.AWS_PORT, directory: dataDir?.file('messaging'), topology }),
  );
  starting.defer(() => emulator.stop());
  const { endpoint } = emulator;
  const [eventBuffer, faults] = [createEventBuffer(topology), createFaults()];
  const probe = instrumentAwsClients(faults, eventBuffer.append);
  const forwarding = createForwarding();
  const assemblies = starting.use(
    await assemble({
      config,
      endpoint,
      forwarding,
      validateResponses,
      loggerOf: () => logger,
      telemetryOf: (service) => ({
        ...telemetry[service],
        tracer: probe.observe(telemetry[service].tracer),
      }),
      openStore: async (service) => {
        const isFollowed = topology.relays[service] !== undefined;
        const file = dataDir?.file(`${service}.sqlite`) ?? ':memory:';
        const store = (await openStore?.(service)) ?? openSqlite(file, { isFollowed });
        return reportWrites(store, service, eventBuffer.append);
      },
      onClient: (principal, client) => {
        probe.onClient(principal, client);
        onClient?.(principal, client);
      },
    }),
  );
  for (const service of names) assemblies[service].startRelay();
  // Calls that an injected fault delays must continue before the rest stops.
  starting.defer(() => faults.close());
  if (config.SEED) await seedTables(names, (service) => assemblies[service].table);

  const parts = await mapServicesAsync(async (service) => {
    const variable = portVariable(service);
    const address = { host, port: config[variable] };
    const { createService } = assemblies[service];
    const part = await claimPort(variable, address.port, () => startPart(createService, address, logger));
    return starting.adopt(part, (started) => started.stop());
  }, names);
  const records = dataDir ? starting.use(openRecords(dataDir.file('redrives.ndjson'))) : ephemeralRecords();
  const gateway = await claimPort('PORT', config.PORT, () =>
    startGateway({
      host: gatewayHost,
      port: config.PORT,
      upstreams: mapServices((service) => [parts[service].url], names),
      forwarding,
      load: limitsOf({ ...config, PROXY_HOPS: 1 }).load,
      console: {
        mode: 'oneProcess',
        traceUrl: traceUrlOf(config),
        eventBuffer,
        faults,
        kill: (service) => parts[service].kill(),
        restartMs: DOWNTIME_MS,
        endpoint,
        records,
        tables: servedTables(
          (service) => (names.includes(service) ? assemblies[service].store : undefined),
          dataDir?.file(''),
        ),
      },
    }),
  );
  starting.defer(() => gateway.stop());

  const running = starting.move();
  return {
    urls: { ...mapServices((service) => parts[service].url, names), gateway: gateway.url, aws: endpoint },
    metrics: mapServices((service) => telemetry[service].metrics, names),
    stop: () => running.disposeAsync(),
  };
}
