import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Image } from './build.ts';

/** Running image, without isolation: its command with its environment, user and read-only files. */
export interface Container extends AsyncDisposable {
  readonly port: string;
  /** Runs the health check and resolves to its exit code. */
  readonly checkHealth: () => Promise<number | null>;
  /** Sends a signal, and resolves to the exit code and the signal that ended it. */
  readonly end: (signal: NodeJS.Signals) => Promise<unknown[]>;
}

/** User of the image, if this process is root and that user can run Node.js; otherwise the current user. */
export function userOf({ user }: Image): { readonly uid?: number; readonly gid?: number } {
  const ids = { uid: Number(user), gid: Number(user) };
  const isRoot = process.getuid?.() === 0;
  return isRoot && spawnSync(process.execPath, ['--version'], ids).status === 0 ? ids : {};
}

/** Starts a command in an image. */
export function startCommand(
  image: Image,
  [program, ...args]: readonly string[],
  environment: Readonly<Record<string, string>> = {},
) {
  if (program !== 'node') throw new Error(`The image has no ${program}.`);
  const cwd = join(image.root, image.workdir);
  // Home and temporary directories are read-only, too.
  const env = { ...image.env, HOME: cwd, TMPDIR: cwd, ...environment };
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  return spawn(process.execPath, args, { cwd, env, stdio, ...userOf(image) });
}

/** Starts an image and resolves once it logs that it has started; rejects with its output if it exits before. */
export async function runImage(
  image: Image,
  environment: Readonly<Record<string, string>>,
): Promise<Container> {
  const port = await freePort();
  const start = (command: readonly string[]) => startCommand(image, command, { ...environment, PORT: port });
  const child = start(image.command);
  const exited = once(child, 'exit') as Promise<unknown[]>;
  let output = '';
  const started = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (output.includes('"msg":"started"')) resolve();
      });
    }
  });
  await Promise.race([
    started,
    exited.then(() => Promise.reject(new Error(`The image did not start: ${output}`))),
  ]);
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  return {
    port,
    checkHealth: async () => {
      const [code] = (await once(start(image.healthcheck), 'exit')) as [number | null];
      return code;
    },
    end,
    [Symbol.asyncDispose]: async () => void (await end('SIGKILL')),
  };
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}
