import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';

const FIRST_DELAY_MS = 5;
const MAX_DELAY_MS = 200;

/** Deadline of the retries of a contended write, from the beginning of the call. */
export const CONTENTION_LIMIT_MS = 5_000;

/** Waits before the next attempt: exponentially longer, jittered. `attempt` counts from 0. */
export async function backOff(attempt: number): Promise<void> {
  const longest = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  await delay(longest * (0.5 + Math.random() / 2));
}

/**
 * Calls `attempt` until it resolves to something, backing off in between; at least once, and as a rule not after
 * `deadline` (of `performance.now()`): then rejects with `unavailable`.
 */
export async function untilWritten<T>(
  deadline: number,
  attempt: () => Promise<{ readonly result: T } | undefined>,
  onConflict: () => void,
): Promise<T> {
  for (let attempts = 0; ; attempts++) {
    const written = await attempt();
    if (written) return written.result;
    onConflict();
    if (performance.now() >= deadline) {
      throw new DomainError(
        'unavailable',
        'write-contended',
        'Too many concurrent updates of the same item. Retry after a moment.',
        {
          details: { attempts: attempts + 1 },
        },
      );
    }
    await backOff(attempts);
  }
}
