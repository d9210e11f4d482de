import type { NewEvent } from '@tandem/contracts/events';

/** State of the read model's backfill: a snapshot is requested, or all of its products are applied. */
export interface CatalogSync {
  readonly version: number;
  readonly status: 'requested' | 'synchronised';
  readonly requestId: string;
  /** Time of the request, the latest progress, or the completion; RFC 3339, UTC. */
  readonly changedAt: string;
  /** Distinct products of the snapshot that were applied. */
  readonly appliedCount: number;
  /** Products in the snapshot, once Product has published it. */
  readonly productCount?: number;
}

/** Mark of a counted product of the requested snapshot: redeliveries do not count. */
export interface SnapshotProduct {
  readonly version: 1;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

interface SyncDecision {
  readonly state: CatalogSync | undefined;
  readonly events: readonly NewEvent[];
}

/**
 * Requests a snapshot from Product, unless the read model is synchronised or progressed after `progressSince`. A further
 * request has the same id, so that the products of every attempt count.
 */
export function requestSnapshot(
  current: CatalogSync | undefined,
  newRequestId: string,
  now: string,
  progressSince: string,
): SyncDecision {
  if (current && (current.status === 'synchronised' || current.changedAt > progressSince)) {
    return { state: current, events: [] };
  }
  const requestId = current?.requestId ?? newRequestId;
  const version = (current?.version ?? 0) + 1;
  return {
    state: { appliedCount: 0, ...current, version, status: 'requested', requestId, changedAt: now },
    events: [{ eventType: 'ProductSnapshotRequested', requestId, timestamp: now }],
  };
}

/** Whether products of this snapshot count. Only those of the requested one do: another may have begun before it. */
export function isRequested(current: CatalogSync | undefined, snapshotId: string): current is CatalogSync {
  return current?.status === 'requested' && current.requestId === snapshotId;
}

/** Counts newly applied products, and completes the synchronisation with the last one. */
export function countApplied(current: CatalogSync, newProducts: number, now: string): CatalogSync {
  if (newProducts === 0) return current;
  const appliedCount = current.appliedCount + newProducts;
  return withStatus({ ...current, version: current.version + 1, appliedCount, changedAt: now });
}

/** Records that Product has published the snapshot, with this number of products. */
export function completeSnapshot(
  current: CatalogSync | undefined,
  snapshotId: string,
  productCount: number,
  now: string,
): SyncDecision {
  if (!isRequested(current, snapshotId) || current.productCount === productCount)
    return { state: current, events: [] };
  const state = withStatus({ ...current, version: current.version + 1, productCount, changedAt: now });
  return { state, events: [] };
}

/**
 * The synchronisation with its status: `synchronised` once all published products are applied. That they are published is
 * not enough, as messages of the snapshot may be in flight or dead-lettered.
 */
function withStatus(sync: CatalogSync): CatalogSync {
  const { productCount, appliedCount } = sync;
  return productCount !== undefined && appliedCount >= productCount
    ? { ...sync, status: 'synchronised' }
    : sync;
}
