import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DomainError } from '@tandem/chassis/errors';
import { serviceNames } from '@tandem/contracts/topology';

/** Files of a system in its data directory, with those that SQLite adds, and the directory of the messages. */
const OWN = new RegExp(
  `^(?:lock|messaging|redrives\\.ndjson|fauxqs\\.db|(?:${serviceNames.join('|')})\\.sqlite)(?:-(?:wal|shm|journal))?$`,
);

/**
 * Locks a directory, and creates it if needed. The operating system releases the lock when the process ends, even if it is
 * killed. Throws a DomainError when another process has the lock.
 *
 * The stored state, with the ids that give access to guests' carts, is readable by its owner only: what was there before, and
 * all that this process and those it starts create from now on.
 */
export function claimDataDir(directory: string) {
  process.umask(0o077);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(directory, 'lock'));
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    restrictToOwner(directory);
  } catch (cause) {
    lock.close();
    if (!hasCode(cause, 'ERR_SQLITE_ERROR')) throw cause;
    const message = `${directory} is in use by another system: stop it, or choose another with DATA_DIR`;
    throw new DomainError('conflict', 'data-dir-in-use', message, { cause });
  }
  return { file: (name: string) => join(directory, name), release: () => lock.close() };
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/**
 * Takes all permissions of others from the files of a system, and from their directory if nothing else is in it: a user may
 * have chosen a shared one. Throws a DomainError if they belong to another user. On Windows, permissions are inherited.
 */
function restrictToOwner(directory: string): void {
  if (process.platform === 'win32') return;
  const names = readdirSync(directory);
  const own = names.filter((name) => OWN.test(name));
  try {
    for (const path of own.map((name) => join(directory, name))) {
      // A file of SQLite may vanish meanwhile.
      const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory();
      if (isDirectory === undefined) continue;
      chmodSync(path, isDirectory ? 0o700 : 0o600);
      if (isDirectory) restrictToOwner(path);
    }
    if (own.length === names.length) chmodSync(directory, 0o700);
  } catch (cause) {
    const message = `${directory} has files of another user: choose another directory with DATA_DIR`;
    throw new DomainError('conflict', 'data-dir-of-another-user', message, { cause });
  }
}
