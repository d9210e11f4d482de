import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type {
  Condition,
  IndexPage,
  IndexQuery,
  Put,
  Row,
  ScanPage,
  ScanQuery,
  StoredState,
} from './driver.ts';
import { pkPrefix as prefixOf } from './pk.ts';
import type { Versioned } from './table.ts';

/** An item has at most one index entry, which is stored in its row. `changes` is the log that the feed reads. */
export const schema = `
  CREATE TABLE IF NOT EXISTS items (
    pk TEXT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    events TEXT NOT NULL,
    traceparent TEXT,
    index_name TEXT,
    index_partition TEXT,
    index_sort TEXT,
    expires_at INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS items_by_index ON items (index_name, index_partition, index_sort, pk)
    WHERE index_name IS NOT NULL;
  CREATE INDEX IF NOT EXISTS items_by_expiry ON items (expires_at) WHERE expires_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    pk TEXT NOT NULL,
    before TEXT,
    after TEXT,
    expired INTEGER NOT NULL
  ) STRICT;
`;

const IMAGE = `json_object('version', version, 'state', json(state), 'events', json(events),
  'traceparent', traceparent)`;

/** SQLite orders blobs after all texts. */
const ABOVE_ALL_TEXT = new Uint8Array();

/** The character after `#`: followed by it, the name of an entity type is an upper bound of the type's keys. */
const AFTER_SEPARATOR = '$';

type Record = { readonly [column: string]: SQLOutputValue };

/** Prepares the statements for items. None of them opens a transaction. Without `isFollowed` expiries are not logged. */
export function prepareItems(db: DatabaseSync, isFollowed: boolean) {
  const versionStatement = db.prepare('SELECT version, expires_at FROM items WHERE pk = ?');
  const findStatement = db.prepare('SELECT pk, version, state, expires_at FROM items WHERE pk = ?');
  const imageStatement = db.prepare(`SELECT ${IMAGE} AS image FROM items WHERE pk = ?`);
  const upsert = db.prepare('INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const log = db.prepare('INSERT INTO changes (pk, before, after, expired) VALUES (?, ?, ?, ?)');
  const expiredStatement = db.prepare(
    `SELECT pk, ${IMAGE} AS image FROM items WHERE expires_at <= ? ORDER BY expires_at LIMIT ?`,
  );
  const remove = db.prepare('DELETE FROM items WHERE pk = ?');
  const selectFromIndex =
    'SELECT pk, version, state, expires_at, index_partition, index_sort FROM items WHERE index_name = ?';
  const ascendingStatement = db.prepare(
    `${selectFromIndex} AND index_partition = ? AND (index_sort, pk) > (?, ?) AND index_sort <= ?
     ORDER BY index_sort, pk LIMIT ?`,
  );
  const descendingStatement = db.prepare(
    `${selectFromIndex} AND index_partition = ? AND (index_sort, pk) < (?, ?) ORDER BY index_sort DESC, pk DESC LIMIT ?`,
  );
  const wholeIndexStatement = db.prepare(
    `${selectFromIndex} AND (index_partition, index_sort, pk) > (?, ?, ?) ORDER BY index_partition, index_sort, pk LIMIT ?`,
  );

  const scanStatement = db.prepare(
    'SELECT pk, version, state, expires_at FROM items WHERE pk >= ? AND pk > ? AND pk < ? ORDER BY pk LIMIT ?',
  );

  function find(pk: string): StoredState | undefined {
    const record = findStatement.get(pk);
    return record && storedState(record);
  }

  function imageOf(pk: string): string | null {
    return imageStatement.get(pk)?.['image']?.toString() ?? null;
  }

  function store(row: Row): void {
    const { pk, version, state, events, traceparent, index, expiresAt } = row;
    const before = events.length > 0 ? imageOf(pk) : null;
    upsert.run(
      pk,
      version,
      textOf(state),
      JSON.stringify(events),
      traceparent ?? null,
      index?.index ?? null,
      index?.partition ?? null,
      index?.sort ?? null,
      expiresAt ?? null,
    );
    if (events.length > 0) log.run(pk, before, imageOf(pk), 0);
  }

  return {
    find,

    /** Stores the row if the condition holds. Returns whether it holds. */
    apply({ pk, condition, row }: Put): boolean {
      if (!holds(condition, versionStatement.get(pk))) return false;
      if (row) store(row);
      return true;
    },

    /** Deletes at most `limit` expired items, each with a change in a log that is followed. Returns their number. */
    removeExpired(nowSeconds: number, limit: number): number {
      const records = expiredStatement.all(nowSeconds, limit);
      for (const { pk, image } of records) {
        if (isFollowed) log.run(pk ?? null, image ?? null, null, 1);
        remove.run(pk ?? null);
      }
      return records.length;
    },

    queryIndex({ index, partition, limit, after, until, pkPrefix = '', order }: IndexQuery): IndexPage {
      const start = order === 'descending' ? ABOVE_ALL_TEXT : '';
      const [sort, pk] = [after?.sort ?? start, after?.pk ?? start];
      const queryPartition = (partition: string) =>
        order === 'descending'
          ? descendingStatement.all(index, partition, sort, pk, limit)
          : ascendingStatement.all(index, partition, sort, pk, until ?? ABOVE_ALL_TEXT, limit);
      const records =
        partition === undefined
          ? wholeIndexStatement.all(index, after?.partition ?? '', sort, pk, limit)
          : queryPartition(partition);
      const rows = records.map((record) => {
        const row = storedState(record);
        const [partition, sort] = [text(record['index_partition']), text(record['index_sort'])];
        return { ...row, position: { partition, sort, pk: row.pk } };
      });
      const next = rows.length === limit ? rows.at(-1)?.position : undefined;
      return { rows: rows.filter((row) => row.pk.startsWith(pkPrefix)), next };
    },

    /** Scans the table, which is one segment: further segments are empty. */
    scan({ kind, segment, limit, after }: ScanQuery): ScanPage {
      if (segment > 0) return { rows: [] };
      const prefix = prefixOf(kind);
      const rows = scanStatement
        .all(prefix, after ?? '', prefix.replace('#', AFTER_SEPARATOR), limit)
        .map(storedState);
      return { rows, next: rows.length === limit ? rows.at(-1)?.pk : undefined };
    },
  };
}

function holds(condition: Condition, stored: Record | undefined): boolean {
  const version = Number(stored?.['version']);
  if (condition.is === 'version') return version === condition.version;
  if (!stored || Number(stored['expires_at'] ?? Infinity) <= condition.now) return true;
  return condition.is === 'older' && version < condition.than;
}

function storedState(record: Record): StoredState {
  const expiresAt = record['expires_at'];
  return {
    pk: text(record['pk']),
    version: Number(record['version']),
    state: stateOf(text(record['state'])),
    ...(typeof expiresAt === 'number' ? { expiresAt } : {}),
  };
}

/** Name of the only field of an object that stands for bytes, in base64. */
const BYTES = '$bytes';

function textOf(state: Versioned): string {
  return JSON.stringify(state, (_, value: unknown) =>
    value instanceof Uint8Array ? { [BYTES]: Buffer.from(value).toString('base64') } : value,
  );
}

function stateOf(json: string): Versioned {
  if (!json.includes(`"${BYTES}"`)) return JSON.parse(json) as Versioned;
  return JSON.parse(json, (_, value: unknown) =>
    typeof value === 'object' && value !== null && BYTES in value
      ? new Uint8Array(Buffer.from(String(value[BYTES]), 'base64'))
      : value,
  ) as Versioned;
}

function text(value: SQLOutputValue | undefined): string {
  if (typeof value !== 'string') throw new TypeError('The column is not a text');
  return value;
}
