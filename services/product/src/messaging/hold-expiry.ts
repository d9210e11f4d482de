import { setTimeout as delay } from 'node:timers/promises';
import type { Running } from '@tandem/chassis/lifecycle';
import type { Logger } from '@tandem/chassis/logger';
import type { Table } from '@tandem/storage/table';
import { BY_HOLD_EXPIRY, HELD, reservations } from '../store/entity-types.ts';
import type { StockHolds } from '../application/stock-holds.ts';

/** Holds that one sweep reads at a time; those of one product fit into a transaction. */
const PAGE = 90;
/** Products whose holds are ended at once. */
const CONCURRENCY = 10;

/** Well below the minute within which an overdue hold has to end. */
const MAX_SWEEP_MS = 10_000;
const MIN_SWEEP_MS = 250;

/** Pause between two sweeps, in milliseconds: a quarter of a hold, within limits; the longest for holds without end (0). */
export function sweepMsFor(holdSeconds: number): number {
  const quarterMs = holdSeconds * 250;
  return quarterMs > 0 ? Math.min(MAX_SWEEP_MS, Math.max(MIN_SWEEP_MS, quarterMs)) : MAX_SWEEP_MS;
}

export interface HoldExpiryDeps {
  readonly table: Pick<Table, 'query'>;
  readonly stockHolds: Pick<StockHolds, 'expire'>;
  /** How often each task looks for overdue holds, in milliseconds. */
  readonly everyMs: number;
  /** RFC 3339, UTC. */
  readonly now: () => string;
  readonly log: Pick<Logger, 'error'>;
}

/**
 * Ends overdue holds, those that became due first. Every task sweeps the same index: what two of them find is ended
 * once, by the condition on its version. A sweep that dies loses nothing, since a hold leaves the index with its end.
 */
export function createHoldExpiry({ table, stockHolds, now, log }: Omit<HoldExpiryDeps, 'everyMs'>) {
  const expire = (productId: string, cartIds: readonly string[]) =>
    stockHolds
      .expire(productId, cartIds)
      .catch((err: unknown) =>
        log.error({ err, productId }, 'overdue holds not ended; the next sweep retries'),
      );

  /** Resolves to the number of holds that were due. */
  return async function sweep(signal?: AbortSignal): Promise<number> {
    let found = 0;
    for (let cursor: string | undefined; ;) {
      const page = await table.query(reservations, {
        index: BY_HOLD_EXPIRY,
        partition: HELD,
        until: now(),
        limit: PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      found += page.items.length;
      const products = [...Map.groupBy(page.items, ({ productId }) => productId)];
      while (products.length > 0) {
        await Promise.all(
          products.splice(0, CONCURRENCY).map(([productId, holds]) =>
            expire(
              productId,
              holds.map(({ cartId }) => cartId),
            ),
          ),
        );
      }
      if (page.cursor === undefined || signal?.aborted) return found;
      cursor = page.cursor;
    }
  };
}

/** Sweeps until it is stopped. The first sweep is at a random time, so that tasks do not sweep together. */
export function startHoldExpiry({ everyMs, log, ...deps }: HoldExpiryDeps): Running {
  const sweep = createHoldExpiry({ ...deps, log });
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async () => {
    let pauseMs = everyMs * Math.random();
    for (;;) {
      await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      await sweep(signal).catch((err: unknown) =>
        log.error({ err }, 'overdue holds not found; the next sweep retries'),
      );
      pauseMs = everyMs;
    }
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
