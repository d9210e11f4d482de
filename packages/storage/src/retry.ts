import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';

const FIRST_DELAY_MS = 5;
const MAX_DELAY_MS = 200;

/** Deadline of the retries of a contended write, from the start of the call. */
export const CONTENTION_LIMIT_MS = 5_000;

/** Waits before the next attempt: exponential backoff with jitter. `attempt` counts from 0. */
export async function backOff(attempt: number): Promise<void> {
  const maxDelayMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  await delay(maxDelayMs * (0.5 + Math.random() / 2));
}

/**
 * Retries `attempt` with backoff until it resolves to a result; `undefined` means a conflict. Makes at least one attempt.
 * Rejects with `unavailable` after a conflict at or after `deadline` (of `performance.now()`).
 */
export async function untilWritten<T>(
  deadline: number,
  attempt: () => Promise<{ readonly result: T } | undefined>,
  onConflict: () => void,
): Promise<T> {
  for (let attempts = 0; ; attempts++) {
    const outcome = await attempt();
    if (outcome) return outcome.result;
    onConflict();
    if (performance.now() >= deadline) {
      throw new DomainError(
        'unavailable',
        'write-contended',
        'Too many concurrent updates of the same item. Retry after a moment.',
        { details: { attempts: attempts + 1 } },
      );
    }
    await backOff(attempts);
  }
}
