import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { readConfig } from '@tandem/chassis/config';
import { DomainError } from '@tandem/chassis/errors';
import { requestUntil } from '@tandem/cli/api-client';
import { startDynamoDbLocal } from '@tandem/emulators/dynamodb-local';
import { anyPorts, localConfig } from '@tandem/local/config';
import { type Processes, startProcesses } from '@tandem/local/processes/supervisor';
import type { Mode } from '../profiles.ts';
import { bundleServices, imageOptions } from './bundles.ts';
import { createTables, type Tables } from './dynamodb.ts';
import { BUNDLES, TABLES } from './environment.ts';

export type StoreName = 'sqlite' | 'dynamodb';

/** A system started for a load test: empty, on free ports of 127.0.0.1, removed at its disposal. */
export interface OwnSystem extends AsyncDisposable {
  readonly urls: Processes['urls'];
  /** Process ids by role; `system` if there is one process. */
  readonly pids: Readonly<Record<string, number>>;
  /** Processes by role, to stop them individually; undefined in one process. */
  readonly children?: Processes['children'];
  /** Tables in DynamoDB Local; undefined with SQLite. */
  readonly tables: Tables | undefined;
  /** Processes that exited unexpectedly so far. */
  readonly ended: readonly string[];
}

export interface OwnOptions {
  readonly mode: Mode;
  readonly store: StoreName;
  readonly path: string | undefined;
}

const ENTRY = join(import.meta.dirname, 'process/main.ts');
const READY_DEADLINE_MS = 60_000;
/** As on AWS, but without a rate limit. */
const SETTINGS = { ...anyPorts, EPHEMERAL: '1', SEED: '0', LOG_LEVEL: 'info' };

/** Starts a system. Rejects with a DomainError if DynamoDB Local is unavailable. */
export async function startOwnSystem({ mode, store, path }: OwnOptions): Promise<OwnSystem> {
  await using starting = new AsyncDisposableStack();
  const ended: string[] = [];
  const onEnd = (name: string) => void ended.push(name);
  const tables = store === 'dynamodb' ? await startTables(starting) : undefined;
  const environment = { PATH: path, ...(tables && { [TABLES]: JSON.stringify(tables) }) };
  const started =
    mode === 'processes'
      ? await startMany(starting, environment, tables, onEnd)
      : await startOne(starting, environment, onEnd);
  const isReady = ({ status }: { readonly status: number }) => status === 200;
  const health = await requestUntil(started.urls.gateway, { method: 'GET', path: '/health' }, isReady, {
    deadlineMs: READY_DEADLINE_MS,
  });
  if ('reason' in health) throw new Error(`The system is not ready: ${health.reason}`);
  const running = starting.move();
  return { ...started, tables, ended, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

async function startMany(
  starting: AsyncDisposableStack,
  environment: NodeJS.ProcessEnv,
  tables: Tables | undefined,
  onEnd: (name: string) => void,
) {
  const processes = await startProcesses(readConfig(localConfig, SETTINGS), {
    entry: ENTRY,
    environment: {
      ...environment,
      NODE_OPTIONS: await imageOptions(),
      ...(tables && { [BUNDLES]: JSON.stringify(await bundleServices(tables)) }),
    },
    onRestart: onEnd,
  });
  starting.defer(() => processes.stop());
  const { urls, children } = processes;
  const pids = Object.entries(children).map(([role, child]) => [role, child.pid()] as const);
  return { urls, children, pids: Object.fromEntries(pids) };
}

async function startOne(
  starting: AsyncDisposableStack,
  environment: NodeJS.ProcessEnv,
  onEnd: (name: string) => void,
) {
  const child = fork(ENTRY, { env: { ...environment, ...SETTINGS } });
  const ended = once(child, 'exit');
  const urls = Promise.withResolvers<Processes['urls']>();
  let isStopping = false;
  starting.defer(async () => {
    isStopping = true;
    child.kill();
    await ended;
  });
  child.once('message', (started: Processes['urls']) => urls.resolve(started));
  void ended.then(() => {
    urls.reject(new Error('The system exited before it had started.'));
    if (!isStopping) onEnd('system');
  });
  return { urls: await urls.promise, pids: { system: child.pid ?? 0 } };
}

async function startTables(starting: AsyncDisposableStack): Promise<Tables> {
  const server = await startDynamoDbLocal();
  if ('missing' in server) throw new DomainError('unavailable', 'no-dynamodb', server.missing);
  starting.defer(() => server.stop());
  return createTables(server.endpoint);
}
