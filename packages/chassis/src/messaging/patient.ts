import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '../errors.ts';
import type { Applied } from './consumer.ts';

/** How often something is tried before its messages go back to the queue, each for one of the receives that it has. */
const ATTEMPTS = 4;
/** After so long nothing is tried again: a message is hidden from others for half a minute. */
const PATIENCE_MS = 8_000;
const FIRST_PAUSE_MS = 50;

/** Whether what an event needs was away. */
export function isUnavailable(applied: Applied | undefined): boolean {
  if (applied?.status !== 'failed') return false;
  return applied.error instanceof DomainError && applied.error.kind === 'unavailable';
}

/**
 * As `apply`, which resolves to one outcome an item, in their order; it never rejects then. What fails because something
 * is away for a moment is tried again at once, and nothing else: what succeeded is not repeated. Nothing is tried again
 * after the signal.
 */
export function patiently<T>(
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
    const end = performance.now() + PATIENCE_MS;
    const outcomes = new Map<T, Applied | undefined>();
    let left = items;
    for (let tried = 0; left.length > 0; tried++) {
      const applied = await attempt(left);
      left.forEach((item, i) => outcomes.set(item, applied[i]));
      left = left.filter((item) => isUnavailable(outcomes.get(item)));
      const isOver = tried + 1 === ATTEMPTS || performance.now() > end || signal?.aborted;
      if (left.length === 0 || isOver) break;
      await delay(FIRST_PAUSE_MS * 2 ** tried, undefined, signal && { signal }).catch(() => undefined);
    }
    return items.map((item): Applied => {
      return outcomes.get(item) ?? { status: 'failed', error: new Error('no outcome') };
    });
  };
}
