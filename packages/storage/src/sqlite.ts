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
  /** Deletes the items that have expired by then, each with an `expired` change. Returns how many. */
  readonly removeExpired: (nowSeconds: number) => number;
  /** Closes the file; end the feed's readers first. */
  readonly close: () => void;
}

const EXPIRY_BATCH = 100;

/** SQLITE_BUSY, _LOCKED, _READONLY, _IOERR, _FULL, _CANTOPEN: the store's trouble, not the caller's. */
const TROUBLE = new Set([5, 6, 8, 10, 13, 14]);
const BUSY = 5;

/**
 * Opens a file, created where there is none, or `:memory:`. Commits survive the process being killed; the loss of
 * power can cost the last of them. `busyTimeoutMs` is how long a call blocks while another process writes.
 */
export function openSqlite(
  file: string,
  { busyTimeoutMs = 1_000 }: { busyTimeoutMs?: number } = {},
): SqliteStore {
  const db = new DatabaseSync(file, { timeout: busyTimeoutMs });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  db.exec(schema);
  const items = prepareItems(db);
  const { feed, committed } = createSqliteFeed(db, translated);

  /** Runs `work` in a write transaction, rolled back where it returns nothing or throws. */
  function transaction<T extends number | boolean>(work: () => T): T {
    db.exec('BEGIN IMMEDIATE');
    try {
      const done = work();
      db.exec(done ? 'COMMIT' : 'ROLLBACK');
      return done;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }

  function write(puts: readonly Put[]): Outcome {
    try {
      const done = transaction(() => puts.every((put) => items.apply(put)));
      if (done) committed();
      return done ? 'written' : 'refused';
    } catch (error) {
      if (resultCode(error) === BUSY) return 'contended';
      throw error;
    }
  }

  const driver: Driver = {
    read: async (pks) => translated(() => pks.flatMap((pk) => items.find(pk) ?? [])),
    write: async (puts) => translated(() => write(puts)),
    queryIndex: async (query) => translated(() => items.queryIndex(query)),
    scan: async (query) => translated(() => items.scan(query)),
    ping: async () => translated(() => db.exec('SELECT 1')),
  };

  return {
    driver,
    feed,
    removeExpired(nowSeconds) {
      for (let removed = 0; ;) {
        const batch = translated(() => transaction(() => items.removeExpired(nowSeconds, EXPIRY_BATCH)));
        removed += batch;
        if (batch > 0) committed();
        if (batch < EXPIRY_BATCH) return removed;
      }
    },
    close: () => db.close(),
  };
}

function translated<T>(call: () => T): T {
  try {
    return call();
  } catch (cause) {
    const code = resultCode(cause);
    if (code === undefined || !TROUBLE.has(code)) throw cause;
    throw new DomainError(
      'unavailable',
      'store-unavailable',
      'The database is unavailable. Retry after a moment.',
      {
        cause,
        details: { sqlite: code },
      },
    );
  }
}

/** SQLite's primary result code of an error. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return error.errcode & 0xff;
}
