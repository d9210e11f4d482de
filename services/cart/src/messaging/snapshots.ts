import type { EventOf, TandemEvent } from '@tandem/contracts/events';
import { put, type Table } from '@tandem/storage/table';
import { completeSnapshot, countApplied, isRequested } from '../domain/catalog-sync.ts';
import { catalogSyncKey, snapshotProductKey } from '../store/entity-types.ts';
import type { Failures } from './failures.ts';

/** Retention of the mark of a counted product: longer than a snapshot takes, retries included. */
const MARK_TTL_SECONDS = 24 * 60 * 60;

interface SnapshotsDeps {
  readonly table: Table;
  /** RFC 3339, UTC. */
  readonly now: () => string;
}

/**
 * Counts the stored products of the requested snapshot, each once, and records that the snapshot was published. The marks
 * of counted products and the count commit atomically, so that crashes, redeliveries and concurrent processes are safe.
 */
export async function applySnapshots(
  { table, now }: SnapshotsDeps,
  applied: readonly TandemEvent[],
  failures: Failures,
): Promise<void> {
  const products = applied.filter((event) => event.eventType === 'ProductSnapshot');
  const bySnapshot = Map.groupBy(products, ({ snapshotId }) => snapshotId);
  for (const [snapshotId, members] of bySnapshot) {
    if (snapshotId === undefined) continue;
    await failures.attempt(
      members,
      (event) => event,
      (members) => countProducts({ table, now }, snapshotId, members),
    );
  }
  for (const event of applied) {
    if (event.eventType !== 'ProductSnapshotCompleted') continue;
    const { snapshotId, productCount } = event;
    await failures.attempt(
      [event],
      (event) => event,
      () => table.update(catalogSyncKey, (sync) => completeSnapshot(sync, snapshotId, productCount, now())),
    );
  }
}

async function countProducts(
  { table, now }: SnapshotsDeps,
  snapshotId: string,
  events: readonly EventOf<'ProductSnapshot'>[],
): Promise<void> {
  // Snapshots that operators request later are not counted.
  if (!isRequested(await table.get(catalogSyncKey), snapshotId)) return;
  const keys = [...new Set(events.map(({ productId }) => productId))].map((id) =>
    snapshotProductKey(snapshotId, id),
  );
  await table.transact([catalogSyncKey, ...keys], (read) => {
    const sync = read.get(catalogSyncKey);
    const unmarked = keys.filter((key) => !read.get(key));
    if (!isRequested(sync, snapshotId) || unmarked.length === 0) return { writes: [] };
    const expiresAt = Math.floor(Date.parse(now()) / 1000) + MARK_TTL_SECONDS;
    return {
      writes: [
        put(catalogSyncKey, countApplied(sync, unmarked.length, now())),
        ...unmarked.map((key) => put(key, { version: 1, expiresAt })),
      ],
    };
  });
}
