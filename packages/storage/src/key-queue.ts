/**
 * Serializes tasks by key: a task starts when all earlier tasks that share a key with it have ended. Tasks cannot
 * deadlock, and keys without a task take no memory.
 */
export type KeyQueue = <T>(keys: readonly string[], task: () => Promise<T>) => Promise<T>;

export function createKeyQueue(): KeyQueue {
  const tails = new Map<string, Promise<void>>();

  return async (keys, task) => {
    const earlierTasks = keys.flatMap((key) => tails.get(key) ?? []);
    const { promise: tail, resolve: end } = Promise.withResolvers<void>();
    for (const key of keys) tails.set(key, tail);
    try {
      await Promise.all(earlierTasks);
      return await task();
    } finally {
      for (const key of keys) if (tails.get(key) === tail) tails.delete(key);
      end();
    }
  };
}
