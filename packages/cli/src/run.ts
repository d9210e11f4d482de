import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** Result of a command: its exit code and its whole output. */
export interface CommandResult {
  readonly code: number | null;
  readonly output: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Environment variables in addition to those of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Prints the output while the command runs; default: false. */
  readonly isShown?: boolean;
  /** Default: 10 minutes. */
  readonly deadlineMs?: number;
}

/** Runs a command to its end; rejects if the command does not exist or exceeds the deadline. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env = {}, isShown = false, deadlineMs = 10 * 60_000 }: RunOptions = {},
): Promise<CommandResult> {
  const child = spawn(command, args, {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Unlike the option `timeout`, this does not delay the rejection if the command does not exist.
    signal: AbortSignal.timeout(deadlineMs),
  });
  if (isShown) for (const stream of [child.stdout, child.stderr]) stream.pipe(process.stdout, { end: false });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, output: stdout + stderr };
}

/** Runs a command to its end, and resolves to its output; rejects with the output if the command fails. */
export async function outputOf(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, output } = await run(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${output}`);
  return output;
}
