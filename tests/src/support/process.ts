import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { anyPorts } from '@tandem/local/config';
import { until } from './until.ts';

const script = fileURLToPath(new URL('../../../apps/local/src/main.ts', import.meta.url));
const START_DEADLINE_MS = 15_000;

type Environment = Readonly<Record<string, string>>;

/** How a process ended. `stopMs` is the time since that was asked for. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly stopMs: number;
}

/** The whole system as a process of its own; it is killed, and its folder removed, when it goes out of scope. */
export interface SystemProcess extends AsyncDisposable {
  readonly pid: number;
  readonly urls: Readonly<Record<'gateway' | 'product' | 'cart' | 'aws', string>>;
  /** Its working directory. */
  readonly folder: string;
  /** The time from the spawn until the gateway said that both services are ready. */
  readonly startMs: number;
  send(signal: NodeJS.Signals): void;
  /** Resolves once it has ended, whoever ended it. */
  exit(): Promise<Exit>;
  stop(signal?: NodeJS.Signals): Promise<Exit>;
  kill9(): Promise<Exit>;
}

/** A directory that is removed when it goes out of scope. */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'tandem-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/**
 * Starts the system, on any free ports and with its state in a folder of its own unless the environment says
 * otherwise, and resolves once it is ready. Rejects with what it printed when it ends or takes longer than 15 s.
 */
export async function spawnSystem(
  environment: Environment = {},
  args: readonly string[] = [],
): Promise<SystemProcess> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder());
  const spawnedAt = performance.now();
  const main = starting.use(launch(environment, folder.path, args));

  const urls = await until(
    async () => {
      if (main.ended()) throw new Error(`the system has ended: ${JSON.stringify(main.output)}`);
      const found = urlsOf(main.output.stdout);
      return found && (await isHealthy(found.gateway)) ? found : undefined;
    },
    (found) => found !== undefined,
    { deadlineMs: START_DEADLINE_MS },
  ).catch((error: unknown) => {
    throw new Error(`no start: ${String(error)}; it printed ${JSON.stringify(main.output)}`);
  });
  if (!urls) throw new Error('no URLs');

  const startMs = performance.now() - spawnedAt;
  const running = starting.move();
  return {
    pid: main.pid,
    urls,
    folder: folder.path,
    startMs,
    send: main.send,
    exit: async () => main.end(),
    stop: async (signal = 'SIGTERM') => main.end(signal),
    kill9: async () => main.end('SIGKILL'),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Starts the system where it is expected to refuse, and resolves to how it ended. Kills it after 15 s. */
export async function spawnRefused(environment: Environment, args: readonly string[] = []): Promise<Exit> {
  await using folder = await temporaryFolder();
  await using main = launch(environment, folder.path, args);
  const deadline = setTimeout(() => main.send('SIGKILL'), START_DEADLINE_MS);
  const exit = await main.end();
  clearTimeout(deadline);
  return exit;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function launch(environment: Environment, cwd: string, args: readonly string[]) {
  const env = {
    PATH: process.env['PATH'],
    ...anyPorts,
    LOG_LEVEL: 'error',
    ...environment,
  };
  const child = spawn(process.execPath, [script, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const closed = once(child, 'close').finally(() => running.delete(child));

  const end = async (signal?: NodeJS.Signals): Promise<Exit> => {
    const askedAt = performance.now();
    if (signal) child.kill(signal);
    await closed;
    const stopMs = performance.now() - askedAt;
    return { code: child.exitCode, signal: child.signalCode, ...output, stopMs };
  };
  return {
    pid: child.pid ?? 0,
    output,
    ended: () => child.exitCode !== null || child.signalCode !== null,
    send: (signal: NodeJS.Signals) => void child.kill(signal),
    end,
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
    },
  };
}

function urlsOf(stdout: string): SystemProcess['urls'] | undefined {
  if (!stdout.includes('Ctrl-C')) return undefined;
  const urlAfter = (label: string) => new RegExp(`^ *${label} +(http://[\\w.:[\\]]+)`, 'm').exec(stdout)?.[1];
  const [gateway, product, cart, aws] = ['gateway', 'product', 'cart', 'SNS, SQS'].map(urlAfter);
  if (!gateway || !product || !cart || !aws) throw new Error(`URLs are missing in ${stdout}`);
  return { gateway, product, cart, aws };
}

async function isHealthy(gateway: string): Promise<boolean> {
  return fetch(`${gateway}/health`).then(
    async (response) => {
      await response.body?.cancel();
      return response.status === 200;
    },
    () => false,
  );
}
