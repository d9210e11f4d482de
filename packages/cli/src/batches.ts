import { setTimeout as delay } from 'node:timers/promises';

/** The items in chunks of up to `size`, in order. */
export function chunksOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

/** Runs work on items with limited concurrency; after a failure no further one is started. */
export async function inParallel<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const waiting = items.values();
  let hasFailed = false;
  const worker = async () => {
    for (const item of waiting) {
      if (hasFailed) return;
      await work(item).catch((error: unknown) => {
        hasFailed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

/** Rate limiter: each call waits so that at most `rate` items per second pass, the first ones after `headStartMs`. */
export function createRateLimiter(rate: number, headStartMs = 0): (count: number) => Promise<void> {
  let next = performance.now() + headStartMs;
  return async (count) => {
    const waitMs = next - performance.now();
    if (waitMs > 0) await delay(waitMs);
    next = performance.now() + (count / rate) * 1000;
  };
}
