import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '../errors.ts';
import type { Applied } from './consumer.ts';

/** Attempts before messages return to the queue: each return uses up one of their receives. */
const MAX_ATTEMPTS = 4;
/** No attempt starts after this deadline: the visibility timeout of a message is 30 s. */
const RETRY_DEADLINE_MS = 8_000;
const FIRST_BACKOFF_MS = 50;

/** Whether an event could not be applied because a dependency was unavailable. */
export function isUnavailable(applied: Applied | undefined): boolean {
  if (applied?.status !== 'failed') return false;
  return applied.error instanceof DomainError && applied.error.kind === 'unavailable';
}

/**
 * Adds retry with backoff to `apply`, which resolves to one outcome for each item, in their order. Retries only the items
 * that failed because a dependency is unavailable. The signal stops the retries. The returned function never rejects.
 */
export function withRetry<T>(
  apply: (items: readonly T[]) => Promise<readonly (Applied | undefined)[]>,
  signal?: AbortSignal,
): (items: readonly T[]) => Promise<readonly Applied[]> {
  const attempt = async (items: readonly T[]): Promise<readonly (Applied | undefined)[]> => {
    if (items.length === 0) return [];
    try {
      return await apply(items);
    } catch (error) {
      return items.map(() => ({ status: 'failed', error }));
    }
  };

  return async (items) => {
    const deadline = performance.now() + RETRY_DEADLINE_MS;
    const outcomes = new Map<T, Applied | undefined>();
    let remaining = items;
    for (let attempts = 0; remaining.length > 0; attempts++) {
      const results = await attempt(remaining);
      remaining.forEach((item, i) => outcomes.set(item, results[i]));
      remaining = remaining.filter((item) => isUnavailable(outcomes.get(item)));
      const isLast = attempts + 1 === MAX_ATTEMPTS || performance.now() > deadline || signal?.aborted;
      if (remaining.length === 0 || isLast) break;
      await delay(FIRST_BACKOFF_MS * 2 ** attempts, undefined, signal && { signal }).catch(() => undefined);
    }
    return items.map((item): Applied => {
      return outcomes.get(item) ?? { status: 'failed', error: new Error('no outcome') };
    });
  };
}
