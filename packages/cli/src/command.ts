import { resolve } from 'node:path';
import { inspect, parseArgs, type ParseArgsConfig } from 'node:util';
import { DomainError } from '@tandem/chassis/errors';
import { exemptLoopback } from './loopback.ts';
import { print, printLine } from './printable.ts';

/** Exit code of a command that {@link stopSignal} stopped. */
export const INTERRUPTED = 130;

/** Thrown for --help; its message is the help text. */
class HelpRequest extends Error {}

/**
 * Runs a command, which resolves to the exit code of the process. A DomainError is printed to stderr as one line; the exit
 * code is then 1, or 2 for a {@link usageError}. Any other error is printed with its stack, and ends the process with 1.
 * Requests to this machine use no proxy.
 */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  exemptLoopback(process.env);
  try {
    process.exitCode = await command();
  } catch (error) {
    if (error instanceof HelpRequest) print(error.message);
    else if (error instanceof DomainError) {
      printLine(error.message.replaceAll(/\s*\n\s*/g, ' '), process.stderr);
      process.exitCode = error.code === 'usage' ? 2 : 1;
    } else {
      // Not thrown: Node.js would print the message as it is, control characters included.
      print(`${inspect(error)}\n`, process.stderr);
      process.exit(1);
    }
  }
}

/**
 * Aborts at the first Ctrl-C or SIGTERM, and prints `message` to stderr. npm and the terminal may both send it, so further ones
 * change nothing.
 */
export function stopSignal(message: string): AbortSignal {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (!stopping.signal.aborted) process.stderr.write(`${name}: ${message}\n`);
      stopping.abort();
    });
  }
  return stopping.signal;
}

/** Error of an invalid command line. */
export function usageError(message: string, cause?: unknown): DomainError {
  return new DomainError('invalid', 'usage', `${message} (see --help)`, { cause });
}

/**
 * Parses arguments as node's `parseArgs` does; throws a usage error where they are invalid. With `help`, --help and -h end the
 * command and print it.
 */
export function readArguments<T extends ParseArgsConfig>({
  help,
  ...config
}: T & { readonly help?: string }): ReturnType<typeof parseArgs<T>> {
  const options = { ...config.options, ...(help !== undefined && { help: { type: 'boolean', short: 'h' } }) };
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ ...config, options });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw usageError(error.message.split('. ')[0] ?? error.message, error);
  }
  if (help !== undefined && parsed.values['help']) throw new HelpRequest(help);
  return parsed as ReturnType<typeof parseArgs<T>>;
}

/** The only positional argument, which the usage error for none or for more calls `name`. */
export function onlyOne([argument, ...more]: readonly string[], name: string): string {
  if (argument === undefined || more.length > 0) throw usageError(`needs exactly one ${name}`);
  return argument;
}

/** The value of an option that is an integer from `min` to `max`; throws a usage error for any other text. */
export function integer(option: string, text: string, min: number, max: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw usageError(`${option} "${text}" is not an integer from ${min} to ${max}`);
}

/** The value of an option that is one of `choices`; throws a usage error for any other text. */
export function oneOf<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw usageError(`${option} "${text}" is unknown: use ${choices.join(', ')}`);
}

/** Resolves a path relative to the user's directory: npm runs scripts in the root, and sets `INIT_CWD` to that directory. */
export function fromCaller(file: string, { INIT_CWD }: NodeJS.ProcessEnv): string {
  return resolve(INIT_CWD ?? '', file);
}
