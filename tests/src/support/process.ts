import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mapServices, type ServiceName, serviceNames } from '@tandem/contracts/topology';
import { anyPorts } from '@tandem/local/config';
import { inherited } from './command.ts';
import { isHealthy } from './http.ts';
import { until } from './until.ts';

const MAIN = fileURLToPath(new URL('../../../apps/local/src/main.ts', import.meta.url));
/** What hangs has not started by then. How long a start may take is another test's. */
const START_DEADLINE_MS = 60_000;

type Environment = Readonly<Record<string, string>>;

/** Exit of a process. `stopMs` is the time from the request to stop until the exit. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly stopMs: number;
}

/** System in a separate process; it is killed, and its directory removed, when it goes out of scope. */
export interface SystemProcess extends AsyncDisposable {
  readonly pid: number;
  readonly urls: Readonly<Record<'gateway' | 'aws' | ServiceName, string>>;
  /** Its working directory. */
  readonly folder: string;
  /** Time from the spawn until the gateway reported both services as ready. */
  readonly startMs: number;
  /** Standard output so far. */
  output(): string;
  send(signal: NodeJS.Signals): void;
  /** Resolves once it has exited for any reason. */
  exit(): Promise<Exit>;
  stop(signal?: NodeJS.Signals): Promise<Exit>;
  kill9(): Promise<Exit>;
}

/** Creates a directory that is removed when it goes out of scope. */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'tandem-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/**
 * Starts the system and resolves once it is ready; by default on any free ports and with its state in its own directory. Rejects
 * with its output when it exits, or is not ready within a minute.
 */
export async function spawnSystem(
  environment: Environment = {},
  args: readonly string[] = [],
  { script = MAIN }: { readonly script?: string } = {},
): Promise<SystemProcess> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder());
  const services = serviceNames.filter((name) => (environment['SERVICES'] ?? name).split(',').includes(name));
  const spawnedAt = performance.now();
  const main = starting.use(launch(environment, folder.path, [script, ...args]));

  const urls = await until(
    async () => {
      if (main.ended()) throw new Error(`the system exited: ${JSON.stringify(main.output)}`);
      const found = urlsOf(main.output.stdout, services);
      return found && (await isHealthy(found.gateway)) ? found : undefined;
    },
    (found) => found !== undefined,
    { deadlineMs: START_DEADLINE_MS },
  ).catch((error: unknown) => {
    throw new Error(`the system did not start: ${String(error)}; output: ${JSON.stringify(main.output)}`);
  });
  if (!urls) throw new Error('no URLs');

  const startMs = performance.now() - spawnedAt;
  const running = starting.move();
  return {
    pid: main.pid,
    urls,
    folder: folder.path,
    startMs,
    output: () => main.output.stdout,
    send: main.send,
    exit: async () => main.end(),
    stop: async (signal = 'SIGTERM') => main.end(signal),
    kill9: async () => main.end('SIGKILL'),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Starts a system that is expected to fail, and resolves to its exit. Kills it after a minute. */
export async function spawnFailing(environment: Environment, args: readonly string[] = []): Promise<Exit> {
  await using folder = await temporaryFolder();
  await using main = launch(environment, folder.path, [MAIN, ...args]);
  const deadline = setTimeout(() => main.send('SIGKILL'), START_DEADLINE_MS);
  const exit = await main.end();
  clearTimeout(deadline);
  return exit;
}

/** Whether a process is running. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function launch(environment: Environment, cwd: string, args: readonly string[]) {
  const env = {
    ...inherited,
    ...anyPorts,
    LOG_LEVEL: 'error',
    ...environment,
  };
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const closed = once(child, 'close').finally(() => running.delete(child));

  const end = async (signal?: NodeJS.Signals): Promise<Exit> => {
    const requestedAt = performance.now();
    if (signal) child.kill(signal);
    await closed;
    const stopMs = performance.now() - requestedAt;
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

function urlsOf(stdout: string, services: readonly ServiceName[]): SystemProcess['urls'] | undefined {
  if (!stdout.includes('Ctrl-C')) return undefined;
  const urlAfter = (label: string) => {
    const [, url] = new RegExp(`^ *${label} +(http://[\\w.:[\\]]+)`, 'm').exec(stdout) ?? [];
    if (url === undefined) throw new Error(`The URL of ${label} is missing in ${stdout}`);
    return url;
  };
  return { ...mapServices(urlAfter, services), gateway: urlAfter('gateway'), aws: urlAfter('SNS, SQS') };
}
