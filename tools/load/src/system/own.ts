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
import { asOnAws, imageOptions } from './as-on-aws.ts';
import { SERVICES, TABLES } from './service-environment.ts';
import { untilReady } from './until-ready.ts';
import { isRelayLag, type RelayLag } from './watched.ts';

export type Mode = 'processes' | 'embedded';
export type StoreName = 'sqlite' | 'dynamodb';

/** A system that the load has started for itself: empty, on any free ports of 127.0.0.1, and gone afterwards. */
export interface OwnSystem {
  readonly urls: Readonly<Record<'gateway' | 'product' | 'cart' | 'aws', string>>;
  /** The processes by what they do; `system` where there is but one. */
  readonly pids: Readonly<Record<string, number>>;
  /** In a system of several processes, for what starts and stops them one by one. */
  readonly children?: Processes['children'];
  /** Where its tables are, if in DynamoDB Local. */
  readonly tables?: Awaited<ReturnType<typeof createTables>>;
  stop(): Promise<void>;
}

export interface OwnOptions {
  readonly mode: Mode;
  readonly store: StoreName;
  readonly path: string | undefined;
  readonly onRelayLag: (lag: RelayLag) => void;
  /** Called when a process has ended that nobody had told to. */
  readonly onEnd: (name: string) => void;
  /** For a test: the script of each process instead of the load's own. */
  readonly entry?: string;
}

/** Starts a system without a limit of requests a client. Rejects with a DomainError where DynamoDB Local cannot be had. */
export async function startOwnSystem(options: OwnOptions): Promise<OwnSystem> {
  const { mode, store } = options;
  await using starting = new AsyncDisposableStack();
  const dynamo = store === 'dynamodb' ? starting.adopt(await startDynamo(), (it) => it.stop()) : undefined;
  const tables = dynamo && (await createTables(dynamo.endpoint));
  const environment = {
    PATH: options.path,
    ...(mode === 'processes' && { NODE_OPTIONS: await imageOptions() }),
    ...(tables && { [TABLES]: JSON.stringify(tables) }),
    ...(tables && mode === 'processes' && { [SERVICES]: JSON.stringify(await asOnAws(tables)) }),
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
    urls.reject(new Error('the system ended before it had started'));
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
