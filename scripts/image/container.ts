import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { type CommandResult, outputOf, run } from '@tandem/cli/run';

/** What runs containers: a program with the commands of Docker. */
export type Engine = string;

/** A built image: its name, and what it says about its processes. */
export interface Image {
  readonly name: string;
  readonly User: string;
  /** `NAME=value` each. */
  readonly Env: readonly string[];
  readonly Cmd: readonly string[];
  readonly WorkingDir: string;
  readonly Healthcheck?: { readonly Test: readonly string[] };
}

/** How a container runs; its files are read-only. */
export interface RunOptions {
  /** Default: the image's. */
  readonly command?: readonly string[];
  /** Variables in addition to the image's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: `none`, which has a loopback interface of its own. */
  readonly network?: 'host' | 'none';
  /** Default: the image's. */
  readonly user?: string;
}

/** Finds what runs containers on this machine, or tells what to install. */
export async function findEngine(): Promise<Engine | { readonly missing: string }> {
  const engines = ['docker', 'podman', join(import.meta.dirname, 'buildah.sh')];
  // Elsewhere engines run in a virtual machine, whose network is not this one's.
  for (const engine of process.platform === 'linux' ? engines : [])
    if ((await run(engine, ['info']).catch(() => undefined))?.code === 0) return engine;
  return {
    missing: 'needs Linux with Docker or Podman, or root and: apt-get install buildah debootstrap iproute2',
  };
}

/** Output of an engine's command; rejects with it if the command fails. */
export function call(engine: Engine, ...args: readonly string[]): Promise<string> {
  // In the default format of Podman and buildah, images have no health check.
  return outputOf(engine, args, { env: { BUILDAH_FORMAT: 'docker' } });
}

/** An image that was built or pulled. */
export async function imageOf(engine: Engine, name: string): Promise<Image> {
  type Inspected = Pick<Image, 'Healthcheck'> & Partial<Record<'Config' | 'config', Partial<Image>>>;
  const [image] = JSON.parse(await call(engine, 'image', 'inspect', name)) as [Inspected];
  // Podman leaves out what is empty, and has the health check beside the rest.
  return { User: '', Env: [], Cmd: [], WorkingDir: '', ...image, ...(image.Config ?? image.config), name };
}

function argumentsOf(image: Image, { command = image.Cmd, env = {}, network, user }: RunOptions): string[] {
  const pairs = [...image.Env, ...Object.entries(env).map((pair) => pair.join('='))];
  const options = [`--user=${user ?? image.User}`, ...pairs.map((pair) => `--env=${pair}`)];
  const fixed = ['run', '--rm', '--read-only', '--no-healthcheck', `--network=${network ?? 'none'}`];
  // A task has no capabilities. Only another user than the image's may need them.
  if (user === undefined) fixed.push('--cap-drop=ALL');
  return [...fixed, `--workdir=${image.WorkingDir}`, ...options, image.name, ...command];
}

/** Runs a container to its end. */
export function runToEnd(engine: Engine, image: Image, options: RunOptions): Promise<CommandResult> {
  return run(engine, argumentsOf(image, options));
}

/** Starts a container, and resolves once it logs that it has started; rejects with its output if it exits before. */
export async function start(engine: Engine, image: Image, options: RunOptions) {
  const child = spawn(engine, argumentsOf(image, options), { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit') as Promise<unknown[]>;
  let output = '';
  const started = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('"msg":"started"')) resolve();
    });
  });
  await Promise.race([started, exited.then(() => Promise.reject(new Error(`did not start: ${output}`)))]);
  /** Ends it, and resolves to the exit code and the signal that ended it. */
  const stop = () => {
    child.kill('SIGTERM');
    return exited;
  };
  return { stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}

/** A port of this machine that nothing listens on. */
export async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}
