import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@tandem/chassis/logger';
import type { Table } from '@tandem/storage/table';
import { requestSnapshot } from '../domain/catalog-sync.ts';
import { catalogSyncKey } from '../store/kinds.ts';

/** How long a snapshot that was asked for may take before it is asked for again. */
const ASK_AGAIN_MS = 30_000;
const FIRST_LOOK_MS = 20;
const LAST_LOOK_MS = 1_000;

/** Fills the catalog by events alone: asks for a snapshot until one has arrived whole. */
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

  const look = async () => {
    const requestId = randomUUID();
    const now = new Date().toISOString();
    const askedSince = new Date(Date.now() - ASK_AGAIN_MS).toISOString();
    const { state } = await table.update(catalogSyncKey, (sync) =>
      requestSnapshot(sync, requestId, now, askedSince),
    );
    synchronised = state?.status === 'synchronised';
  };

  return {
    isSynchronised: () => synchronised,

    async start() {
      for (let pause = FIRST_LOOK_MS; !stopping.signal.aborted; pause = Math.min(2 * pause, LAST_LOOK_MS)) {
        await look().catch((err: unknown) =>
          log.error({ err }, 'catalog not synchronised yet, trying again'),
        );
        if (synchronised) return;
        await delay(pause, undefined, stopping).catch(() => undefined);
      }
    },

    stop: () => stopping.abort(),
  };
}
