import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** How a command ended, and all that it printed. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Beside the variables of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Whether what it prints is shown as it comes. */
  readonly isShown?: boolean;
  /** Ten minutes unless given. */
  readonly deadlineMs?: number;
}

/** Runs a command to its end; rejects where there is no such command, or it takes too long. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env = {}, isShown = false, deadlineMs = 10 * 60_000 }: RunOptions = {},
): Promise<Ended> {
  const child = spawn(command, args, {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Unlike `timeout`, this keeps nobody waiting where there is no such command.
    signal: AbortSignal.timeout(deadlineMs),
  });
  if (isShown) for (const stream of [child.stdout, child.stderr]) stream.pipe(process.stdout, { end: false });
  const [closed, stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  const [code] = closed;
  return { code, output: stdout + stderr };
}
