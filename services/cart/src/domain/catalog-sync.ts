import type { NewEvent } from '@tandem/contracts/events';

/** How far the read model is filled: a snapshot was requested, or all products of it were applied. */
export interface CatalogSync {
  readonly version: number;
  readonly status: 'requested' | 'synchronised';
  readonly requestId: string;
  /** RFC 3339, UTC: the request, the latest progress, or the completion. */
  readonly changedAt: string;
  /** Distinct products of the snapshot that were applied. */
  readonly appliedCount: number;
  /** Products in the snapshot, once Product has published it. */
  readonly productCount?: number;
}

/** Marks a product of the requested snapshot as counted, whatever repeats. */
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
 * Requests a snapshot from Product, unless the catalog is synchronised or there was progress after `progressSince`.
 * A repeated request keeps the id, so that products of every attempt count.
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

/** Whether products of this snapshot count: only of the requested one, others may have begun too early. */
export function isRequested(current: CatalogSync | undefined, snapshotId: string): current is CatalogSync {
  return current?.status === 'requested' && current.requestId === snapshotId;
}

/** Counts products that were applied for the first time: progress, and perhaps the last ones. */
export function countApplied(current: CatalogSync, newProducts: number, now: string): CatalogSync {
  if (newProducts === 0) return current;
  const appliedCount = current.appliedCount + newProducts;
  return completed({ ...current, version: current.version + 1, appliedCount, changedAt: now });
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
  const state = completed({ ...current, version: current.version + 1, productCount, changedAt: now });
  return { state, events: [] };
}

/** The publication alone proves nothing: a message of the snapshot may be on its way, or be dead-lettered. */
function completed(sync: CatalogSync): CatalogSync {
  const { productCount, appliedCount } = sync;
  return productCount !== undefined && appliedCount >= productCount
    ? { ...sync, status: 'synchronised' }
    : sync;
}
