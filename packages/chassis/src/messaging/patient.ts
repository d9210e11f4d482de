import { setTimeout as delay } from 'node:timers/promises';
import type { TandemEvent } from '@tandem/contracts/events';
import { DomainError } from '../errors.ts';
import type { Applied, ApplyBatch } from './consumer.ts';

/** How often a batch is tried before its messages go back to the queue, each for one of the receives that it has. */
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
 * As `apply`, which never rejects then: what fails because something is away for a moment is tried again at once,
 * and does not cost a receive. Nothing is tried again after the signal.
 */
export function patiently(apply: ApplyBatch, signal: AbortSignal): ApplyBatch {
  const attempt = async (events: readonly TandemEvent[]): Promise<readonly Applied[]> => {
    if (events.length === 0) return [];
    try {
      return await apply(events);
    } catch (error) {
      return events.map(() => ({ status: 'failed', error }));
    }
  };

  return async (events) => {
    const end = performance.now() + PATIENCE_MS;
    const outcomes = new Map<TandemEvent, Applied | undefined>();
    let left = events;
    for (let tried = 0; left.length > 0; tried++) {
      const applied = await attempt(left);
      left.forEach((event, i) => outcomes.set(event, applied[i]));
      left = left.filter((event) => isUnavailable(outcomes.get(event)));
      const isOver = tried + 1 === ATTEMPTS || performance.now() > end || signal.aborted;
      if (left.length === 0 || isOver) break;
      await delay(FIRST_PAUSE_MS * 2 ** tried, undefined, { signal }).catch(() => undefined);
    }
    return events.map((event): Applied => {
      return outcomes.get(event) ?? { status: 'failed', error: new Error('no outcome') };
    });
  };
}
