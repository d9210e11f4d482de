import { setTimeout as delay } from 'node:timers/promises';

/** Repeats a probe until its result holds, and resolves to it. After the deadline, rejects with the last result. */
export async function until<T>(
  probe: () => T | Promise<T>,
  holds: (result: T) => boolean,
  { deadlineMs = 10_000, intervalMs = 10 } = {},
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const result = await probe();
    if (holds(result)) return result;
    if (performance.now() > end) {
      throw new Error(`not within ${deadlineMs} ms; the last result was ${JSON.stringify(result)}`);
    }
    await delay(intervalMs);
  }
}
