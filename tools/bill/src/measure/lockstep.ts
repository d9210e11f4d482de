import { setTimeout as delay } from 'node:timers/promises';
import { type QueueName, type TableName, topology } from '@tandem/contracts/topology';
import type { ChangeFeed } from '@tandem/storage/table';

const POLL_MS = 2;
const REST_TIMEOUT_MS = 60_000;

/**
 * Makes the parts of a system act in turns, so that a request has the same consequences each time: a relay receives all
 * changes of a step together, and a consumer receives once all changes are published.
 */
export function createLockstep() {
  const unpublished = new Map<string, number>(Object.keys(topology.tables).map((table) => [table, 0]));
  const queued = new Map<string, number>(Object.keys(topology.queues).map((queue) => [queue, 0]));
  const handling = new Set<QueueName>();
  let requests = 0;
  const stopping = new AbortController();

  const add = (counts: Map<string, number>, name: string, count: number) =>
    void counts.set(name, (counts.get(name) ?? 0) + count);
  const isEmpty = (counts: Map<string, number>) => [...counts.values()].every((count) => count === 0);
  const isIdle = () => requests === 0 && handling.size === 0;
  const until = async (condition: () => boolean) => {
    while (!condition() && !stopping.signal.aborted) await delay(POLL_MS);
  };

  return {
    /** Sends a request. Relays and consumers wait for its response. */
    async request<T>(send: () => Promise<T>): Promise<T> {
      requests++;
      try {
        return await send();
      } finally {
        requests--;
      }
    },
    changed: (table: TableName) => add(unpublished, table, 1),
    enqueued: (queue: QueueName, count: number) => add(queued, queue, count),

    /** Feed that returns all changes of a step together, once the step is complete. */
    inLockstep: (table: TableName, feed: ChangeFeed): ChangeFeed => {
      let changes: Awaited<ReturnType<ChangeFeed['read']>> = [];
      return {
        async read(limit, signal) {
          for (;;) {
            changes = await feed.read(limit, signal);
            if (signal.aborted) return [];
            if (isIdle() && changes.length >= Math.min(limit, unpublished.get(table) ?? 0)) return changes;
            await delay(POLL_MS);
          }
        },
        async checkpoint(change) {
          await feed.checkpoint(change);
          add(unpublished, table, -1 - changes.findIndex(({ id }) => id === change.id));
        },
      };
    },

    /** Resolves when the queue has messages and nothing else is active; rejects once the system stops. */
    async beforeReceive(queue: QueueName): Promise<void> {
      await until(() => isIdle() && isEmpty(unpublished) && (queued.get(queue) ?? 0) > 0);
      if (stopping.signal.aborted) throw Object.assign(new Error('stopped'), { name: 'AbortError' });
    },
    received: (queue: QueueName, count: number) => {
      if (count > 0) handling.add(queue);
    },
    deleted: (queue: QueueName, count: number) => {
      add(queued, queue, -count);
      handling.delete(queue);
    },

    /** Resolves when no request, change or message is left; rejects after a minute. */
    async atRest(): Promise<void> {
      const isAtRest = () => isIdle() && isEmpty(unpublished) && isEmpty(queued);
      const deadline = performance.now() + REST_TIMEOUT_MS;
      await until(() => isAtRest() || performance.now() > deadline);
      if (isAtRest() || stopping.signal.aborted) return;
      const counts = [...unpublished, ...queued].map(([name, count]) => `${name}: ${count}`);
      throw new Error(`The system is not at rest after a minute: ${counts.join(', ')}`);
    },
    stop: () => stopping.abort(),
  };
}

export type Lockstep = ReturnType<typeof createLockstep>;
