import { createAuthenticator } from '@tandem/chassis/http/auth';
import { limitsOf } from '@tandem/chassis/limits';
import type { Logger } from '@tandem/chassis/logger';
import type { Service } from '@tandem/chassis/service';
import type { Telemetry } from '@tandem/chassis/telemetry';
import { directTopicOf, mapServicesAsync, type ServiceName, topology } from '@tandem/contracts/topology';
import { type OnClient, openClients } from '@tandem/emulators/clients';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet } from '@tandem/emulators/issuer';
import { queueUrl, topicArn } from '@tandem/emulators/messaging-config';
import type { Table } from '@tandem/storage/table';
import type { LocalConfig } from '../config.ts';
import { services } from '../services.ts';
import { startExpiry } from './expiry.ts';
import type { Forwarding } from './forwarding.ts';
import { startRelay } from './relay.ts';
import { type Store, tableOf } from './store.ts';

/** What the services of a system share, and hooks on what each has of its own. */
export interface AssemblyOptions {
  readonly config: LocalConfig;
  /** Endpoint URL of SNS and SQS. */
  readonly endpoint: string;
  readonly forwarding: Forwarding;
  /** Opens the store of a service's table; it is closed with the assembly. */
  readonly openStore: (service: ServiceName) => Store | Promise<Store>;
  readonly loggerOf: (service: ServiceName) => Logger;
  readonly telemetryOf: (
    service: ServiceName,
  ) => Pick<Telemetry, 'metrics' | 'tracer'> | Promise<Pick<Telemetry, 'metrics' | 'tracer'>>;
  /** Called with each client of SNS and SQS before its first call. */
  readonly onClient?: OnClient | undefined;
  readonly validateResponses?: boolean | undefined;
}

/** The parts of one service. Disposal stops its relay, and closes its clients and its store. */
export interface Assembly extends AsyncDisposable {
  /** Undefined where the topology has no table. */
  readonly store: Store | undefined;
  readonly table: Table | undefined;
  readonly telemetry: Pick<Telemetry, 'metrics' | 'tracer'>;
  /** Creates an instance of the service, not yet started. Instances share the table. */
  readonly createService: () => Promise<Service>;
  /** Starts the outbox relay of the table, if it has one, and the TTL deletion of its expired items, until its disposal. */
  readonly startRelay: () => AsyncDisposable | undefined;
}

/** Assembles one service for one machine: behind the gateway, with tokens of the local issuer. Starts nothing. */
export async function assembleService(name: ServiceName, options: AssemblyOptions): Promise<Assembly> {
  const { config, endpoint, forwarding, loggerOf, validateResponses = false } = options;
  await using opening = new AsyncDisposableStack();
  const definition = services[name];
  const { queues, table: tableName } = topology.services[name];
  const logger = loggerOf(name);
  const telemetry = await options.telemetryOf(name);
  const clients = openClients(name, endpoint, options.onClient);
  opening.use(clients.service);
  opening.use(clients.relay);
  const store = tableName && opening.adopt(await options.openStore(name), (opened) => opened.close());
  const table = store && tableOf(store, telemetry.metrics);
  const relay = topology.relays[name];
  const directTopic = directTopicOf(name);
  const shared = { ...telemetry, logger };

  const running = opening.move();
  return {
    store,
    table,
    telemetry,
    async createService() {
      const deps = {
        ...shared,
        ...clients.service,
        table,
        queueUrls: Object.fromEntries(queues.map((queue) => [queue, queueUrl(endpoint, queue)])),
        topicArn: directTopic && topicArn(directTopic),
        limits: limitsOf({ ...config, PROXY_HOPS: 1 }),
        corsOrigins: config.CORS_ORIGINS,
        auth: createAuthenticator({
          issuer: LOCAL_ISSUER,
          audience: LOCAL_AUDIENCE,
          jwks: await localKeySet(),
        }),
        validateResponses,
      };
      const service = await definition.create(deps, config);
      forwarding.guard(service.app.server);
      return service;
    },
    startRelay() {
      if (!store) return undefined;
      const started = new AsyncDisposableStack();
      const { eventsForExpiredItem } = definition;
      if (relay)
        started.use(
          startRelay({ ...shared, ...clients.relay, ...relay, store, endpoint, eventsForExpiredItem }),
        );
      started.use(startExpiry(store, logger));
      return running.use(onlyOnce(started));
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Assembles every service that the configuration selects; `npm start`, tests, measurements and drills differ in the options alone. */
export async function assemble(
  options: AssemblyOptions,
): Promise<Readonly<Record<ServiceName, Assembly>> & AsyncDisposable> {
  await using opening = new AsyncDisposableStack();
  const assemblies = await mapServicesAsync(
    async (name) => opening.use(await assembleService(name, options)),
    options.config.SERVICES,
  );
  const running = opening.move();
  return { ...assemblies, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** A disposal that may be repeated. */
function onlyOnce(disposable: AsyncDisposable): AsyncDisposable {
  let disposed: PromiseLike<void> | undefined;
  return { [Symbol.asyncDispose]: async () => (disposed ??= disposable[Symbol.asyncDispose]()) };
}
