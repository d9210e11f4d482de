import type { NewEvent } from '@tandem/contracts/events';

/** How far the read model is filled: a snapshot was asked for, or one has arrived whole. */
export interface CatalogSync {
  readonly version: number;
  readonly status: 'requested' | 'synchronised';
  readonly requestId: string;
  readonly changedAt: string;
}

interface SyncDecision {
  readonly state: CatalogSync;
  readonly events: readonly NewEvent[];
}

/** Asks Product for a snapshot, unless the read model was filled before. */
export function requestSnapshot(
  current: CatalogSync | undefined,
  requestId: string,
  now: string,
): SyncDecision {
  if (current?.status === 'synchronised') return { state: current, events: [] };
  return {
    state: { version: nextVersion(current), status: 'requested', requestId, changedAt: now },
    events: [{ eventType: 'ProductSnapshotRequested', requestId, timestamp: now }],
  };
}

/** Notes that a snapshot, whoever asked for it, has been published whole. */
export function completeSnapshot(
  current: CatalogSync | undefined,
  snapshotId: string,
  now: string,
): SyncDecision {
  if (current?.status === 'synchronised') return { state: current, events: [] };
  const state: CatalogSync = {
    version: nextVersion(current),
    status: 'synchronised',
    requestId: snapshotId,
    changedAt: now,
  };
  return { state, events: [] };
}

function nextVersion(current: CatalogSync | undefined): number {
  return (current?.version ?? 0) + 1;
}
