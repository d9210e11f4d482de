import { setTimeout as delay } from 'node:timers/promises';
import { DomainError, isThrottled } from '../errors.ts';
import type { Applied } from './consumer.ts';

/** Attempts before messages return to the queue: each return uses up one of their receives. */
const MAX_ATTEMPTS = 4;
/** No attempt starts after this deadline, so that the consumer soon waits for the dependency instead of receiving more. */
const RETRY_DEADLINE_MS = 8_000;
const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 5_000;

/** Whether an event could not be applied because a dependency was unavailable. */
export function isUnavailable(applied: Applied | undefined): boolean {
  if (applied?.status !== 'failed') return false;
  return applied.error instanceof DomainError && applied.error.kind === 'unavailable';
}

function causeIsThrottling(applied: Applied | undefined): boolean {
  return applied?.status === 'failed' && isThrottled(applied.error);
}

/**
 * Adds retry with backoff to `apply`, which resolves to one outcome for each item, in their order. Retries only the items
 * that failed because a dependency is unavailable: four times, and for as long as one of them is throttled, since each return to
 * the queue would use up a receive. The signal stops the retries. The returned function never rejects.
 */
export function withRetry<T>(
  apply: (items: readonly T[], signal: AbortSignal) => Promise<readonly (Applied | undefined)[]>,
): (items: readonly T[], signal: AbortSignal) => Promise<readonly Applied[]> {
  const attempt = async (
    items: readonly T[],
    signal: AbortSignal,
  ): Promise<readonly (Applied | undefined)[]> => {
    if (items.length === 0) return [];
    try {
      return await apply(items, signal);
    } catch (error) {
      return items.map(() => ({ status: 'failed', error }));
    }
  };

  return async (items, signal) => {
    const startedAt = performance.now();
    const outcomes = new Map<T, Applied | undefined>();
    let remaining = items;
    for (let attempts = 0; remaining.length > 0; attempts++) {
      const results = await attempt(remaining, signal);
      remaining.forEach((item, i) => outcomes.set(item, results[i]));
      remaining = remaining.filter((item) => isUnavailable(outcomes.get(item)));
      if (remaining.length === 0 || signal.aborted) break;
      const isThrottling = remaining.some((item) => causeIsThrottling(outcomes.get(item)));
      const isLate = performance.now() - startedAt > RETRY_DEADLINE_MS;
      if (!isThrottling && (attempts + 1 >= MAX_ATTEMPTS || isLate)) break;
      const backoffMs = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempts);
      await delay(backoffMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) break;
    }
    return items.map((item): Applied => {
      return outcomes.get(item) ?? { status: 'failed', error: new Error('no outcome') };
    });
  };
}
