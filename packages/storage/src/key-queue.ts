/** Runs a task once every earlier task that shares a key with it has ended. Never deadlocks; forgets idle keys. */
export type KeyQueue = <T>(keys: readonly string[], task: () => Promise<T>) => Promise<T>;

export function createKeyQueue(): KeyQueue {
  const tails = new Map<string, Promise<void>>();

  return async (keys, task) => {
    const earlier = keys.flatMap((key) => tails.get(key) ?? []);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    for (const key of keys) tails.set(key, ended);
    try {
      await Promise.all(earlier);
      return await task();
    } finally {
      for (const key of keys) if (tails.get(key) === ended) tails.delete(key);
      end();
    }
  };
}
