import { type DeadLetter } from '@tandem/dlq/dead-letter';
import type { Dlq } from '@tandem/dlq/queues';
import { MAX_SHOWN, type Workbench } from '@tandem/dlq/workbench';

/** How long the messages of a queue are not read again while its depth is the same. */
const MAX_AGE_MS = 30_000;

interface Listing {
  readonly at: number;
  readonly tookMs: number;
  readonly depth: number;
  readonly deadLetters: readonly DeadLetter[];
  readonly isComplete: boolean;
}

/**
 * Listings of dead-letter queues: a look hides the messages for a moment and counts as a receive, so that a queue is read
 * again only when its depth has changed, after 30 seconds, and after `change`.
 */
export interface DeadLetterCache {
  list(queue: Dlq): Promise<Pick<Listing, 'deadLetters' | 'isComplete'>>;
  /** Runs work that changes a queue, alone; its messages are read again afterwards. */
  change<T>(queue: Dlq, work: () => Promise<T>): Promise<T>;
}

export function createDeadLetterCache(workbench: Pick<Workbench, 'depth' | 'show'>): DeadLetterCache {
  const listings = new Map<string, Listing>();
  const pending = new Map<string, Promise<unknown>>();
  /** Serialises work per queue: a receive hides the messages from concurrent requests. */
  const serialized = <T>({ name }: Dlq, work: () => Promise<T>): Promise<T> => {
    const result = Promise.resolve(pending.get(name)).then(work, work);
    pending.set(name, result);
    return result;
  };
  return {
    list: (queue) =>
      serialized(queue, async () => {
        const { visible, inFlight } = await workbench.depth(queue);
        const depth = visible + inFlight;
        const known = listings.get(queue.name);
        const ageMs = known ? Date.now() - known.at : Infinity;
        // A long queue that grows is not read all the time.
        if (known && ageMs < (known.depth === depth ? MAX_AGE_MS : 2 * known.tookMs)) return known;
        const startedAt = Date.now();
        const deadLetters = await workbench.show(queue, { limit: MAX_SHOWN.messages });
        const isComplete = deadLetters.length >= depth;
        const at = Date.now();
        const listing = { at, tookMs: at - startedAt, depth, deadLetters, isComplete };
        listings.set(queue.name, listing);
        return listing;
      }),
    change: (queue, work) =>
      serialized(queue, async () => {
        try {
          return await work();
        } finally {
          listings.delete(queue.name);
        }
      }),
  };
}
