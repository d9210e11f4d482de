import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { readConfig } from '@tandem/chassis/config';
import { anyPorts, localConfig } from '@tandem/local/config';
import { roles } from '@tandem/local/processes/roles';
import { type Processes, startProcesses } from '@tandem/local/processes/supervisor';
import { type DynamoDbLocal, startDynamoDbLocal } from '@tandem/emulators/dynamodb-local';
import { DomainError } from '@tandem/chassis/errors';
import { createTables } from './dynamodb.ts';
import { bundleServices, imageOptions } from './bundled-services.ts';
import { SERVICES, TABLES } from './service-environment.ts';
import { untilReady } from './until-ready.ts';
import { isRelayLag, type RelayLag } from './relay-lag.ts';

export type Mode = 'processes' | 'embedded';
export type StoreName = 'sqlite' | 'dynamodb';

/** A system started for a load test: empty, on free ports of 127.0.0.1, removed afterwards. */
export interface OwnSystem {
  readonly urls: Readonly<Record<'gateway' | 'product' | 'cart' | 'aws', string>>;
  /** Process ids by role; `system` if there is one process. */
  readonly pids: Readonly<Record<string, number>>;
  /** Processes by role, to start and stop them individually; undefined in one process. */
  readonly children?: Processes['children'];
  /** Tables in DynamoDB Local; undefined with SQLite. */
  readonly tables?: Awaited<ReturnType<typeof createTables>>;
  stop(): Promise<void>;
}

export interface OwnOptions {
  readonly mode: Mode;
  readonly store: StoreName;
  readonly path: string | undefined;
  readonly onRelayLag: (lag: RelayLag) => void;
  /** Called when a process exits unexpectedly. */
  readonly onEnd: (name: string) => void;
  /** Script of each process; default: that of the load test. For tests. */
  readonly entry?: string;
}

/** Starts a system without a rate limit. Rejects with a DomainError if DynamoDB Local is unavailable. */
export async function startOwnSystem(options: OwnOptions): Promise<OwnSystem> {
  const { mode, store } = options;
  await using starting = new AsyncDisposableStack();
  const dynamo = store === 'dynamodb' ? starting.adopt(await startDynamo(), (it) => it.stop()) : undefined;
  const tables = dynamo && (await createTables(dynamo.endpoint));
  const environment = {
    PATH: options.path,
    ...(mode === 'processes' && { NODE_OPTIONS: await imageOptions() }),
    ...(tables && { [TABLES]: JSON.stringify(tables) }),
    ...(tables && mode === 'processes' && { [SERVICES]: JSON.stringify(await bundleServices(tables)) }),
  };
  const settings = {
    ...anyPorts,
    EPHEMERAL: '1',
    SEED: '0',
    // As on AWS.
    LOG_LEVEL: 'info',
  };
  const start = mode === 'processes' ? startMany : startOne;
  const { system, stop } = await start(settings, environment, options);
  starting.defer(stop);
  await untilReady(system.urls.gateway);
  const running = starting.move();
  return { ...system, ...(tables && { tables }), stop: () => running.disposeAsync() };
}

interface Started {
  readonly system: Pick<OwnSystem, 'urls' | 'pids' | 'children'>;
  readonly stop: () => Promise<void>;
}

async function startMany(
  settings: Record<string, string>,
  environment: NodeJS.ProcessEnv,
  { onRelayLag, onEnd, entry = join(import.meta.dirname, 'role/main.ts') }: OwnOptions,
): Promise<Started> {
  const processes = await startProcesses(readConfig(localConfig, settings), {
    entry,
    environment,
    onRestart: onEnd,
    onMessage: (_role, message) => {
      if (isRelayLag(message)) onRelayLag(message);
    },
  });
  const { urls, children } = processes;
  const pids = Object.fromEntries(roles.map((role) => [role, children[role].pid()]));
  return { system: { urls, pids, children }, stop: () => processes.stop() };
}

async function startOne(
  settings: Record<string, string>,
  environment: NodeJS.ProcessEnv,
  { onRelayLag, onEnd, entry = join(import.meta.dirname, 'embedded/main.ts') }: OwnOptions,
): Promise<Started> {
  const child: ChildProcess = fork(entry, { env: { ...environment, ...settings } });
  const ended = once(child, 'exit');
  const urls = Promise.withResolvers<OwnSystem['urls']>();
  let isStopping = false;
  child.on('message', (message: { urls?: OwnSystem['urls'] }) => {
    if (isRelayLag(message)) onRelayLag(message);
    else if (message.urls) urls.resolve(message.urls);
  });
  void ended.then(() => {
    urls.reject(new Error('The system exited before it had started.'));
    if (!isStopping) onEnd('system');
  });
  return {
    system: { urls: await urls.promise, pids: { system: child.pid ?? 0 } },
    async stop() {
      isStopping = true;
      child.kill();
      await ended;
    },
  };
}

async function startDynamo(): Promise<DynamoDbLocal> {
  const server = await startDynamoDbLocal();
  if ('missing' in server) throw new DomainError('unavailable', 'no-dynamodb', server.missing);
  return server;
}
