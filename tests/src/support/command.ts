import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** Exit of a command with its whole output. */
export interface CommandExit {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a command by its module, such as `@tandem/dlq/main`, with `PATH` and these environment variables only. */
export function startCommand(
  module: string,
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
) {
  const script = fileURLToPath(import.meta.resolve(module));
  const child = spawn(process.execPath, [script, ...args], {
    ...(cwd !== undefined && { cwd }),
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return {
    exit: closed.then(([stdout, stderr, [code]]): CommandExit => ({ code, stdout, stderr })),
    send: (signal: NodeJS.Signals) => child.kill(signal),
  };
}
