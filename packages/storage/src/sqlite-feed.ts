import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { partsOf } from './pk.ts';
import type { Change, ChangeFeed, Image } from './table.ts';

/** Polling interval for commits of other connections. */
const POLL_MS = 250;

/**
 * Creates a feed of the change log. A checkpoint deletes the changes up to it. `notifyCommit` wakes waiting readers.
 * `withDomainErrors` translates the store's errors.
 */
export function createSqliteFeed(
  db: DatabaseSync,
  withDomainErrors: <T>(call: () => T) => T,
): { feed: ChangeFeed; notifyCommit: () => void } {
  const oldest = db.prepare('SELECT seq, pk, before, after, expired FROM changes ORDER BY seq LIMIT ?');
  const acknowledge = db.prepare('DELETE FROM changes WHERE seq <= ?');
  const waitingReaders = new Set<() => void>();

  function nextCommit(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        waitingReaders.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, POLL_MS);
      waitingReaders.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  return {
    notifyCommit: () => {
      for (const wake of waitingReaders) wake();
    },
    feed: {
      async read(limit, signal) {
        while (!signal.aborted) {
          const records = withDomainErrors(() => oldest.all(limit));
          if (records.length > 0) return records.map(changeOf);
          await nextCommit(signal);
        }
        return [];
      },
      checkpoint: async ({ id }) => {
        withDomainErrors(() => acknowledge.run(Number(id)));
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
