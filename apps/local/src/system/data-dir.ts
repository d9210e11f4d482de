import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DomainError } from '@tandem/chassis/errors';

/** Data directory that is locked by this process. */
export interface DataDir {
  file(name: string): string;
  release(): void;
}

/**
 * Locks a directory, and creates it if needed. The operating system releases the lock when the process ends, even if it is
 * killed. Throws a DomainError when another process has the lock.
 */
export function claimDataDir(directory: string): DataDir {
  mkdirSync(directory, { recursive: true });
  const lock = new DatabaseSync(join(directory, 'lock'));
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw new DomainError(
      'conflict',
      'data-dir-in-use',
      `${directory} is in use by another system: stop it, or choose another with DATA_DIR`,
      { cause },
    );
  }
  return { file: (name) => join(directory, name), release: () => lock.close() };
}
