import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@tandem/chassis/logger';
import type { Table } from '@tandem/storage/table';
import { requestSnapshot } from '../domain/catalog-sync.ts';
import { catalogSyncKey } from '../store/entity-types.ts';

/** How long a requested snapshot may make no progress before it is requested again. */
const REQUEST_AGAIN_MS = 30_000;
const FIRST_POLL_MS = 20;
const MAX_POLL_MS = 1_000;

/** Fills the catalog by events alone: requests a snapshot until all its products are applied. */
export interface CatalogSynchroniser {
  /** Whether the catalog is filled, so that a product it does not know does not exist. */
  isSynchronised(): boolean;
  /** Resolves once the catalog is filled or `stop` was called. */
  start(): Promise<void>;
  stop(): void;
}

export function createCatalogSynchroniser(table: Table, log: Logger): CatalogSynchroniser {
  const stopping = new AbortController();
  let synchronised = false;

  const poll = async () => {
    const requestId = randomUUID();
    const now = new Date().toISOString();
    const progressSince = new Date(Date.now() - REQUEST_AGAIN_MS).toISOString();
    const { state } = await table.update(catalogSyncKey, (sync) =>
      requestSnapshot(sync, requestId, now, progressSince),
    );
    synchronised = state?.status === 'synchronised';
  };

  return {
    isSynchronised: () => synchronised,

    async start() {
      for (let pause = FIRST_POLL_MS; !stopping.signal.aborted; pause = Math.min(2 * pause, MAX_POLL_MS)) {
        await poll().catch((err: unknown) => log.error({ err }, 'catalog not synchronised yet, retrying'));
        if (synchronised) return;
        await delay(pause, undefined, stopping).catch(() => undefined);
      }
    },

    stop: () => stopping.abort(),
  };
}
