import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The variables that processes take over from the test: where programs are, and what was compiled before. */
export const inherited: NodeJS.ProcessEnv = {
  PATH: process.env['PATH'],
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
};

/** Exit of a command with its whole output. */
export interface CommandExit {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a command by its module, such as `@tandem/dlq/main`, with these environment variables, and the inherited ones, only. */
export function startCommand(
  module: string,
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
) {
  const script = fileURLToPath(import.meta.resolve(module));
  const child = spawn(process.execPath, [script, ...args], {
    ...(cwd !== undefined && { cwd }),
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return {
    exit: closed.then(([stdout, stderr, [code]]): CommandExit => ({ code, stdout, stderr })),
    send: (signal: NodeJS.Signals) => child.kill(signal),
  };
}
