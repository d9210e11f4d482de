import type { NewEvent } from '@tandem/contracts/events';

/** How far the read model is filled: a snapshot was asked for, or the one that was asked for is published. */
export interface CatalogSync {
  readonly version: number;
  readonly status: 'requested' | 'synchronised';
  readonly requestId: string;
  /** RFC 3339, UTC: when it was last asked for, seen to arrive, or completed. */
  readonly changedAt: string;
}

interface SyncDecision {
  readonly state: CatalogSync | undefined;
  readonly events: readonly NewEvent[];
}

/**
 * Asks Product for a snapshot, unless one has arrived or was asked for after `askedSince`. Asking again keeps the id,
 * so that whichever attempt is published first completes it.
 */
export function requestSnapshot(
  current: CatalogSync | undefined,
  newRequestId: string,
  now: string,
  askedSince: string,
): SyncDecision {
  if (current && (current.status === 'synchronised' || current.changedAt > askedSince)) {
    return { state: current, events: [] };
  }
  const requestId = current?.requestId ?? newRequestId;
  const version = (current?.version ?? 0) + 1;
  return {
    state: { version, status: 'requested', requestId, changedAt: now },
    events: [{ eventType: 'ProductSnapshotRequested', requestId, timestamp: now }],
  };
}

/**
 * Notes that the snapshot that was asked for is arriving, unless that was noted after `notedSince`: one that is under way
 * is not asked for again, however long it takes.
 */
export function noteArrival(
  current: CatalogSync | undefined,
  snapshotId: string,
  now: string,
  notedSince: string,
): SyncDecision {
  if (current?.status !== 'requested' || current.requestId !== snapshotId || current.changedAt > notedSince)
    return { state: current, events: [] };
  return { state: { ...current, version: current.version + 1, changedAt: now }, events: [] };
}

/** Notes that a snapshot was published whole. Only the one that was asked for counts: others may have begun too early. */
export function completeSnapshot(
  current: CatalogSync | undefined,
  snapshotId: string,
  now: string,
): SyncDecision {
  if (current?.status !== 'requested' || current.requestId !== snapshotId)
    return { state: current, events: [] };
  return {
    state: { ...current, version: current.version + 1, status: 'synchronised', changedAt: now },
    events: [],
  };
}
