import { setTimeout as delay } from 'node:timers/promises';
import { type QueueName, type ServiceName, type TableName, topology } from '@tandem/contracts/topology';
import type { ChangeFeed } from '@tandem/storage/table';

const LOOK_MS = 2;
const REST_LIMIT_MS = 60_000;

/**
 * Lets the parts of a system act by turns, so that what a request causes is the same each time: a relay is given all
 * changes that a step made together, and a consumer receives when everything that was changed has been published.
 */
export function createLockstep() {
  const unrelayed: Record<TableName, number> = { products: 0, carts: 0 };
  const queued: Record<QueueName, number> = {
    'product-cart-events-queue': 0,
    'cart-product-updates-queue': 0,
  };
  const handling = new Set<QueueName>();
  const held = new Set<QueueName>();
  let requests = 0;
  const stopping = new AbortController();

  const isQuiet = () => requests === 0 && handling.size === 0;
  const isRelayed = () => unrelayed.products === 0 && unrelayed.carts === 0;
  const isAtRest = () =>
    isQuiet() &&
    isRelayed() &&
    Object.entries(queued).every(([queue, count]) => count === 0 || held.has(queue as QueueName));

  const until = async (holds: () => boolean) => {
    while (!holds() && !stopping.signal.aborted) await delay(LOOK_MS);
  };

  return {
    changed: (table: TableName) => void unrelayed[table]++,
    enqueued: (queue: QueueName, count: number) => void (queued[queue] += count),

    /** The queue that is being consumed now: what its consumer does is caused by what it received. */
    consuming: (service: ServiceName): QueueName | undefined =>
      [...handling].find((queue) => topology.queues[queue].consumer === service),

    async request<T>(send: () => Promise<T>): Promise<T> {
      requests++;
      try {
        return await send();
      } finally {
        requests--;
      }
    },

    /** A feed that gives all changes there are, and not before who makes them has finished. */
    paced: (table: TableName, feed: ChangeFeed): ChangeFeed => ({
      async read(limit, signal) {
        for (;;) {
          const changes = await feed.read(limit, signal);
          if (signal.aborted) return [];
          if (isQuiet() && changes.length >= Math.min(limit, unrelayed[table])) return changes;
          await delay(LOOK_MS);
        }
      },
      async checkpoint(change) {
        const before = await feed.read(Number.MAX_SAFE_INTEGER, new AbortController().signal);
        await feed.checkpoint(change);
        unrelayed[table] -= before.findIndex(({ id }) => id === change.id) + 1;
      },
    }),

    /** Nobody receives from the queue until it is let go; rest is what the others come to. */
    hold: (queue: QueueName) => void held.add(queue),
    letGo: (queue: QueueName) => void held.delete(queue),

    /** Resolves when there is something to receive and nothing else to do; rejects once the system stops. */
    async beforeReceive(queue: QueueName): Promise<void> {
      await until(() => isQuiet() && isRelayed() && queued[queue] > 0 && !held.has(queue));
      if (stopping.signal.aborted) throw Object.assign(new Error('stopped'), { name: 'AbortError' });
    },
    received: (queue: QueueName, count: number) => {
      if (count > 0) handling.add(queue);
    },
    deleted: (queue: QueueName, count: number) => {
      queued[queue] -= count;
      handling.delete(queue);
    },

    async atRest(): Promise<void> {
      const deadline = performance.now() + REST_LIMIT_MS;
      await until(() => isAtRest() || performance.now() > deadline);
      if (!isAtRest() && !stopping.signal.aborted)
        throw new Error(
          `not at rest: ${JSON.stringify({ unrelayed, queued, requests, handling: [...handling] })}`,
        );
    },
    stop: () => stopping.abort(),
  };
}

export type Lockstep = ReturnType<typeof createLockstep>;
