import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DomainError } from '@tandem/chassis/errors';

/** A directory that this process alone uses. */
export interface DataDir {
  file(name: string): string;
  release(): void;
}

/**
 * Claims a directory, made where there is none. The claim is a lock of the operating system, so that it ends with
 * the process, however that ends. Throws a DomainError when another process has it.
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
