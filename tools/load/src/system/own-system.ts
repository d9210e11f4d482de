import { join } from 'node:path';
import { readConfig } from '@tandem/chassis/config';
import { DomainError } from '@tandem/chassis/errors';
import { requestUntil } from '@tandem/cli/api-client';
import { startDynamoDbLocal } from '@tandem/emulators/dynamodb-local';
import { anyPorts, localConfig } from '@tandem/local/config';
import { startChild } from '@tandem/local/processes/child';
import { type Processes, startProcesses } from '@tandem/local/processes/supervisor';
import type { Mode } from '../profiles.ts';
import { bundleServices, imageOptions } from './bundles.ts';
import { createTables, type Tables } from './dynamodb.ts';
import type { Setup } from './main.ts';

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
  /** URL of a running DynamoDB Local; default: starts one. */
  readonly dynamodb?: string | undefined;
  /** Settings of the local system, beside those of every load test. */
  readonly settings?: Readonly<Record<string, string>>;
}

const entry = join(import.meta.dirname, 'main.ts');
const READY_DEADLINE_MS = 60_000;
/** As on AWS, but without a rate limit. */
const SETTINGS = { ...anyPorts, EPHEMERAL: '1', SEED: '0', LOG_LEVEL: 'info' };

/** Starts a system. Rejects with a DomainError if DynamoDB Local is unavailable. */
export async function startOwnSystem({
  mode,
  store,
  path,
  dynamodb,
  settings,
}: OwnOptions): Promise<OwnSystem> {
  await using starting = new AsyncDisposableStack();
  const ended: string[] = [];
  const tables = store === 'dynamodb' ? await startTables(starting, dynamodb) : undefined;
  const environmentOf = (setup: Setup) => ({ PATH: path, LOAD: JSON.stringify(setup) });

  const startMany = async () => {
    const processes = await startProcesses(readConfig(localConfig, { ...SETTINGS, ...settings }), {
      entry,
      environment: {
        ...environmentOf(tables ? { tables, bundles: await bundleServices(tables) } : {}),
        NODE_OPTIONS: await imageOptions(),
      },
      onRestart: (role) => void ended.push(role),
    });
    starting.defer(() => processes.stop());
    const { urls, children } = processes;
    const pids = Object.entries(children).map(([role, child]) => [role, child.pid()] as const);
    return { urls, children, pids: Object.fromEntries(pids) };
  };
  const startOne = async () => {
    const urls = Promise.withResolvers<Processes['urls']>();
    const child = startChild({
      entry,
      role: 'system',
      env: { ...environmentOf({ ...(tables && { tables }) }), ...SETTINGS, ...settings },
      onRestart: () => void ended.push('system'),
      onMessage: (message) => urls.resolve(message as Processes['urls']),
    });
    starting.defer(async () => void (await child.stop()));
    await child.ready();
    return { urls: await urls.promise, pids: { system: child.pid() } };
  };
  const started = await (mode === 'processes' ? startMany() : startOne());
  const isReady = ({ status }: { readonly status: number }) => status === 200;
  const health = await requestUntil(started.urls.gateway, { method: 'GET', path: '/health' }, isReady, {
    deadlineMs: READY_DEADLINE_MS,
  });
  if ('reason' in health) throw new Error(`The system is not ready: ${health.reason}`);
  const running = starting.move();
  return { ...started, tables, ended, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

async function startTables(starting: AsyncDisposableStack, endpoint?: string): Promise<Tables> {
  if (endpoint !== undefined) return createTables(endpoint);
  const server = await startDynamoDbLocal();
  if ('missing' in server) throw new DomainError('unavailable', 'no-dynamodb', server.missing);
  starting.defer(() => server.stop());
  return createTables(server.endpoint);
}
