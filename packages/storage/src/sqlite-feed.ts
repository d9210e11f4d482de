import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { partsOf } from './pk.ts';
import type { Change, ChangeFeed, Image } from './table.ts';

/** Polling interval for commits of other connections. */
const POLL_MS = 250;

/**
 * The log as a feed; the log is the checkpoint: what is acknowledged is deleted. `committed` wakes whoever waits.
 * `translated` turns the store's errors into what callers may see.
 */
export function createSqliteFeed(
  db: DatabaseSync,
  translated: <T>(call: () => T) => T,
): { feed: ChangeFeed; committed: () => void } {
  const oldest = db.prepare('SELECT seq, pk, before, after, expired FROM changes ORDER BY seq LIMIT ?');
  const acknowledge = db.prepare('DELETE FROM changes WHERE seq <= ?');
  const waiting = new Set<() => void>();

  function nextCommit(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, POLL_MS);
      waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  return {
    committed: () => {
      for (const wake of waiting) wake();
    },
    feed: {
      async read(limit, signal) {
        while (!signal.aborted) {
          const records = translated(() => oldest.all(limit));
          if (records.length > 0) return records.map(changeOf);
          await nextCommit(signal);
        }
        return [];
      },
      checkpoint: async ({ id }) => {
        translated(() => acknowledge.run(Number(id)));
      },
    },
  };
}

function changeOf(record: { readonly [column: string]: SQLOutputValue }): Change {
  const before = imageOf(record['before']);
  const after = imageOf(record['after']);
  return {
    id: String(record['seq']),
    ...partsOf(String(record['pk'])),
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
    expired: record['expired'] === 1,
  };
}

function imageOf(json: SQLOutputValue | undefined): Image | undefined {
  if (typeof json !== 'string') return undefined;
  const { traceparent, ...image } = JSON.parse(json) as Omit<Image, 'traceparent'> & {
    traceparent: string | null;
  };
  return traceparent === null ? image : { ...image, traceparent };
}
