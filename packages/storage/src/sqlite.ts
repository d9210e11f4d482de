import { DatabaseSync } from 'node:sqlite';
import { DomainError } from '@tandem/chassis/errors';
import type { Driver, Outcome, Put } from './driver.ts';
import { createSqliteFeed } from './sqlite-feed.ts';
import { prepareItems, schema } from './sqlite-items.ts';
import type { ChangeFeed } from './table.ts';

/** A table in an SQLite file, for one machine. Several connections and processes may share the file. */
export interface SqliteStore {
  readonly driver: Driver;
  readonly feed: ChangeFeed;
  /** Deletes the expired items, each with an `expired` change. Returns their number. */
  readonly removeExpired: (nowSeconds: number) => number;
  /** Closes the file. Abort the readers of the feed first. */
  readonly close: () => void;
}

const EXPIRY_BATCH = 100;

/** Result codes that mean `unavailable`: SQLITE_BUSY, _LOCKED, _READONLY, _IOERR, _FULL and _CANTOPEN. */
const UNAVAILABLE = new Set([5, 6, 8, 10, 13, 14]);
const BUSY = 5;

/**
 * Opens or creates a file, or opens `:memory:`. Commits survive a killed process; a power failure may lose the last ones.
 * `busyTimeoutMs` limits the time for which a call blocks while another process writes. `isFollowed` says whether a relay
 * reads the change log: otherwise expiries are not logged, since nothing would delete them.
 */
export function openSqlite(
  file: string,
  { busyTimeoutMs = 1_000, isFollowed = true }: { busyTimeoutMs?: number; isFollowed?: boolean } = {},
): SqliteStore {
  const db = new DatabaseSync(file, { timeout: busyTimeoutMs });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  db.exec(schema);
  const items = prepareItems(db, isFollowed);
  const { feed, notifyCommit } = createSqliteFeed(db, withDomainErrors);

  /** Runs `work` in a write transaction, which is rolled back if it returns 0 or false, or throws. */
  function transaction<T extends number | boolean>(work: () => T): T {
    db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      db.exec(result ? 'COMMIT' : 'ROLLBACK');
      return result;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }

  function write(puts: readonly Put[]): Outcome {
    try {
      const isWritten = transaction(() => puts.every((put) => items.apply(put)));
      if (isWritten) notifyCommit();
      return isWritten ? 'written' : 'rejected';
    } catch (error) {
      if (resultCode(error) === BUSY) return 'contended';
      throw error;
    }
  }

  const driver: Driver = {
    read: async (pks) => withDomainErrors(() => pks.flatMap((pk) => items.find(pk) ?? [])),
    write: async (puts) => withDomainErrors(() => write(puts)),
    queryIndex: async (query) => withDomainErrors(() => items.queryIndex(query)),
    scan: async (query) => withDomainErrors(() => items.scan(query)),
    ping: async () => withDomainErrors(() => db.exec('SELECT 1')),
  };

  return {
    driver,
    feed,
    removeExpired(nowSeconds) {
      for (let removed = 0; ;) {
        const batch = withDomainErrors(() =>
          transaction(() => items.removeExpired(nowSeconds, EXPIRY_BATCH)),
        );
        removed += batch;
        if (batch > 0) notifyCommit();
        if (batch < EXPIRY_BATCH) return removed;
      }
    },
    close: () => db.close(),
  };
}

function withDomainErrors<T>(call: () => T): T {
  try {
    return call();
  } catch (cause) {
    const code = resultCode(cause);
    if (code === undefined || !UNAVAILABLE.has(code)) throw cause;
    throw new DomainError(
      'unavailable',
      'store-unavailable',
      'The database is unavailable. Retry after a moment.',
      { cause, details: { sqlite: code } },
    );
  }
}

/** SQLite's primary result code of an error; undefined for other errors. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return error.errcode & 0xff;
}
