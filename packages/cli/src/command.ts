import { resolve } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { DomainError } from '@tandem/chassis/errors';

/**
 * Runs a command and sets the exit code to the number that it resolves to. A DomainError is printed to stderr as one line;
 * the exit code is then 1, or 2 for a {@link usageError}.
 */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    process.stderr.write(`${error.message.replaceAll(/\s*\n\s*/g, ' ')}\n`);
    process.exitCode = error.code === 'usage' ? 2 : 1;
  }
}

/** Error of an invalid command line. */
export function usageError(message: string, cause?: unknown): DomainError {
  return new DomainError('invalid', 'usage', `${message} (see --help)`, { cause });
}

/** Parses arguments as node's `parseArgs` does; throws a usage error where they are invalid. */
export function readArguments<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw usageError(error.message.split('. ')[0] ?? error.message, error);
  }
}

/** Resolves a path that the user entered: npm runs scripts in the root, and has the caller's directory in `INIT_CWD`. */
export function fromCaller(file: string, { INIT_CWD }: NodeJS.ProcessEnv): string {
  return resolve(INIT_CWD ?? '', file);
}
