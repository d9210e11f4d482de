import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';
import type { Running } from '@tandem/chassis/lifecycle';
import type { Logger } from '@tandem/chassis/logger';
import { createOutageLog } from '@tandem/chassis/outage-log';
import type { Table } from '@tandem/storage/table';
import { BY_HOLD_EXPIRY, HELD, reservations } from '../store/entity-types.ts';
import type { StockHolds } from '../application/stock-holds.ts';

/** Number of holds that a sweep reads at once: those of one product fit into a transaction. */
const PAGE_SIZE = 90;
/** Products whose holds expire concurrently. */
const CONCURRENCY = 10;

/** Well below one minute, the longest time for which a hold may be overdue. */
const MAX_SWEEP_MS = 10_000;
const MIN_SWEEP_MS = 250;

/** Pause between two sweeps, in milliseconds: a quarter of a hold, within limits. The maximum if holds do not expire (0). */
export function sweepMsFor(holdSeconds: number): number {
  const quarterMs = holdSeconds * 250;
  return quarterMs > 0 ? Math.min(MAX_SWEEP_MS, Math.max(MIN_SWEEP_MS, quarterMs)) : MAX_SWEEP_MS;
}

export interface HoldExpiryDeps {
  readonly table: Pick<Table, 'query'>;
  readonly stockHolds: Pick<StockHolds, 'expire'>;
  /** Pause between two sweeps of a task, in milliseconds. */
  readonly everyMs: number;
  /** RFC 3339, UTC. */
  readonly now: () => string;
  readonly log: Pick<Logger, 'error' | 'info'>;
}

/**
 * Creates the sweep, which expires overdue holds, the oldest first. All tasks sweep the same index: a hold that several of
 * them find expires once, by optimistic concurrency. A crash is harmless, as a hold leaves the index when it expires.
 */
export function createHoldExpiry({ table, stockHolds, now, log }: Omit<HoldExpiryDeps, 'everyMs'>) {
  const outage = createOutageLog(log, {
    lost: 'overdue holds not expired: the store is unavailable; each sweep retries',
    back: 'overdue holds expire again',
  });

  /** Resolves to whether the store was available. */
  const expire = async (productId: string, cartIds: readonly string[]): Promise<boolean> => {
    try {
      await stockHolds.expire(productId, cartIds);
    } catch (err) {
      if (err instanceof DomainError && err.kind === 'unavailable') {
        outage.failed(err, { productId });
        return false;
      }
      log.error({ err, productId }, 'overdue holds not expired; the next sweep retries');
    }
    return true;
  };

  /** Resolves to the number of due holds. */
  return async function sweep(signal?: AbortSignal): Promise<number> {
    let due = 0;
    let isAvailable = true;
    for (let cursor: string | undefined; ;) {
      const page = await table.query(reservations, {
        index: BY_HOLD_EXPIRY,
        partition: HELD,
        until: now(),
        limit: PAGE_SIZE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      due += page.items.length;
      const products = [...Map.groupBy(page.items, ({ productId }) => productId)];
      while (products.length > 0) {
        const outcomes = await Promise.all(
          products.splice(0, CONCURRENCY).map(([productId, holds]) =>
            expire(
              productId,
              holds.map(({ cartId }) => cartId),
            ),
          ),
        );
        isAvailable &&= !outcomes.includes(false);
      }
      if (page.cursor === undefined || signal?.aborted) {
        if (isAvailable && due > 0) outage.succeeded();
        return due;
      }
      cursor = page.cursor;
    }
  };
}

/** Sweeps periodically until stopped. The first pause is random, so that tasks do not sweep at the same time. */
export function startHoldExpiry({ everyMs, log, ...deps }: HoldExpiryDeps): Running {
  const sweep = createHoldExpiry({ ...deps, log });
  const stopping = new AbortController();
  const { signal } = stopping;
  const outage = createOutageLog(log, {
    lost: 'sweep for overdue holds failed; it is retried',
    back: 'sweeps for overdue holds succeed again',
  });
  const run = async () => {
    let pauseMs = everyMs * Math.random();
    for (;;) {
      await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      await sweep(signal).then(outage.succeeded, outage.failed);
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
