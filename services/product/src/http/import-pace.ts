import { setTimeout as delay } from 'node:timers/promises';
import { isThrottled } from '@tandem/chassis/errors';

const FIRST_WAIT_MS = 100;
const MAX_WAIT_MS = 2_000;

export interface ImportPaceOptions {
  /** Largest number of lines that are written concurrently. */
  readonly concurrency: number;
  /** Ends the waits: a line that is throttled then fails. */
  readonly signal: AbortSignal;
  /** Resolves after this number of milliseconds, or once the signal is aborted. */
  readonly wait?: (ms: number) => Promise<unknown>;
}

/** Pace of an import on a store that may throttle. */
export interface ImportPace {
  /** Number of lines that may be written concurrently now. */
  readonly limit: () => number;
  /** Runs the write of a line; while the store throttles, waits with backoff and runs it again. Other errors are thrown. */
  readonly run: <T>(write: () => Promise<T>) => Promise<T>;
}

/**
 * Creates the pace of an import. The number of concurrent lines is halved by each line that is throttled, and grows by one after
 * as many lines as it has (additive increase, multiplicative decrease): an import can wait, so that the requests of shoppers and
 * the stock that carts ask for get the capacity first.
 */
export function createImportPace({
  concurrency,
  signal,
  wait = (ms) => delay(ms, undefined, { signal }).catch(() => undefined),
}: ImportPaceOptions): ImportPace {
  let limit = concurrency;

  return {
    limit: () => Math.floor(limit),
    async run(write) {
      for (let attempt = 0; ; attempt++) {
        try {
          const result = await write();
          limit = Math.min(concurrency, limit + 1 / limit);
          return result;
        } catch (error) {
          if (!isThrottled(error) || signal.aborted) throw error;
          if (attempt === 0) limit = Math.max(1, limit / 2);
          await wait(Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt) * (0.5 + Math.random() / 2));
        }
      }
    },
  };
}
