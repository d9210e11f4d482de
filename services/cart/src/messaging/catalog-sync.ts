import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@tandem/chassis/logger';
import { createOutageLog } from '@tandem/chassis/outage-log';
import type { Table } from '@tandem/storage/table';
import { requestSnapshot } from '../domain/catalog-sync.ts';
import { catalogSyncKey } from '../store/entity-types.ts';

/** Time without progress after which the snapshot is requested again. */
const RETRY_AFTER_MS = 30_000;
const FIRST_POLL_MS = 20;
const MAX_POLL_MS = 1_000;

/** Backfill of the read model by events: requests a snapshot until all of its products are applied. */
export interface CatalogSynchroniser {
  /** Whether the read model is complete, so that a product that it does not have does not exist. */
  isSynchronised(): boolean;
  /** Resolves once the read model is complete, or after `stop`. */
  start(): Promise<void>;
  stop(): void;
}

export function createCatalogSynchroniser(table: Table, log: Logger): CatalogSynchroniser {
  const stopping = new AbortController();
  let isSynchronised = false;
  const outage = createOutageLog(log, {
    lost: 'catalog not synchronised yet: its state cannot be read; it is retried',
    back: 'the state of the catalog can be read again',
  });

  const poll = async () => {
    const requestId = randomUUID();
    const now = new Date().toISOString();
    const progressSince = new Date(Date.now() - RETRY_AFTER_MS).toISOString();
    const { state } = await table.update(catalogSyncKey, (sync) =>
      requestSnapshot(sync, requestId, now, progressSince),
    );
    isSynchronised = state?.status === 'synchronised';
  };

  return {
    isSynchronised: () => isSynchronised,

    async start() {
      for (let pause = FIRST_POLL_MS; !stopping.signal.aborted; pause = Math.min(2 * pause, MAX_POLL_MS)) {
        await poll().then(outage.succeeded, outage.failed);
        if (isSynchronised) return;
        await delay(pause, undefined, stopping).catch(() => undefined);
      }
    },

    stop: () => stopping.abort(),
  };
}
