import { resolve } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { DomainError } from '@tandem/chassis/errors';

/**
 * Runs a command, whose number becomes the exit code. A DomainError ends it with one line on stderr and 1, or 2 when
 * it is a fault of the command line ({@link usageError}).
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

/** A command line that cannot be understood. */
export function usageError(message: string, cause?: unknown): DomainError {
  return new DomainError('invalid', 'usage', `${message} (--help tells more)`, { cause });
}

/** As node's `parseArgs`; throws a usage error for what it does not understand. */
export function readArguments<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw usageError(error.message.split('. ')[0] ?? error.message, error);
  }
}

/** The path of a file that the user named: npm runs its scripts in the root, and keeps where it was called in `INIT_CWD`. */
export function fromCaller(file: string, { INIT_CWD }: NodeJS.ProcessEnv): string {
  return resolve(INIT_CWD ?? '', file);
}
