import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '../errors.ts';
import type { Applied } from './consumer.ts';

/** Attempts before messages return to the queue, which costs each of them a receive. */
const ATTEMPTS = 4;
/** No attempt begins after so long: the visibility timeout of a message is half a minute. */
const RETRY_DEADLINE_MS = 8_000;
const FIRST_BACKOFF_MS = 50;

/** Whether a dependency was unavailable. */
export function isUnavailable(applied: Applied | undefined): boolean {
  if (applied?.status !== 'failed') return false;
  return applied.error instanceof DomainError && applied.error.kind === 'unavailable';
}

/**
 * As `apply`, which resolves to one outcome an item, in their order; it never rejects. Items that fail because a dependency
 * is unavailable are retried with backoff, and no others: what succeeded is not repeated. The signal ends the retries.
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
    const end = performance.now() + RETRY_DEADLINE_MS;
    const outcomes = new Map<T, Applied | undefined>();
    let left = items;
    for (let tried = 0; left.length > 0; tried++) {
      const applied = await attempt(left);
      left.forEach((item, i) => outcomes.set(item, applied[i]));
      left = left.filter((item) => isUnavailable(outcomes.get(item)));
      const isOver = tried + 1 === ATTEMPTS || performance.now() > end || signal?.aborted;
      if (left.length === 0 || isOver) break;
      await delay(FIRST_BACKOFF_MS * 2 ** tried, undefined, signal && { signal }).catch(() => undefined);
    }
    return items.map((item): Applied => {
      return outcomes.get(item) ?? { status: 'failed', error: new Error('no outcome') };
    });
  };
}
