import { setTimeout as delay } from 'node:timers/promises';
import { topology } from '@tandem/contracts/topology';
import { deadLetterQueues } from '@tandem/dlq/queues';
import { localTarget } from '@tandem/dlq/target';
import { depthOf } from '@tandem/emulators/queue-depth';

/** Number of messages in a queue: visible, in flight and delayed. */
export interface Depth {
  readonly atMs: number;
  readonly messages: number;
}

const SAMPLE_INTERVAL_MS = 250;
const DRAIN_DEADLINE_MS = 10_000;

/** Samples the depth of the services' queues four times a second until it is stopped. */
export function watchQueues(endpoint: string, elapsedMs: () => number) {
  const target = localTarget(endpoint);
  const depths = new Map<string, Depth[]>(Object.keys(topology.queues).map((queue) => [queue, []]));
  let endMs = Infinity;
  const watch = async () => {
    for (;;) {
      const atMs = elapsedMs();
      const counts = [...depths].map(async ([queue, samples]) => {
        const messages = await depthOf(target.sqs, endpoint, queue);
        samples.push({ atMs, messages });
        return messages;
      });
      const isEmpty = (await Promise.all(counts)).every((messages) => messages === 0);
      if (atMs > endMs || (isEmpty && endMs < Infinity)) return;
      await delay(SAMPLE_INTERVAL_MS);
    }
  };
  const watching = watch();
  watching.catch(() => undefined);
  return {
    depths: depths as ReadonlyMap<string, readonly Depth[]>,
    /**
     * Stops once all queues are empty, or after 10 s; resolves to the number of messages in all dead-letter queues. Rejects if the
     * queues could not be sampled.
     */
    async stop(): Promise<number> {
      endMs = elapsedMs() + DRAIN_DEADLINE_MS;
      await watching;
      const dead = await Promise.all(deadLetterQueues.map(({ name }) => depthOf(target.sqs, endpoint, name)));
      target[Symbol.dispose]();
      return dead.reduce((sum, messages) => sum + messages, 0);
    },
  };
}

/**
 * Upper bound of the age of a queue's oldest message, in milliseconds: the longest time in which the queue was not observed
 * empty. SQS publishes the age itself to CloudWatch only.
 */
export function oldestAtMostMs(depths: readonly Depth[]): number {
  let [longest, emptyAt] = [0, depths[0]?.atMs ?? 0];
  for (const { atMs, messages } of depths) {
    if (messages > 0) longest = Math.max(longest, atMs - emptyAt);
    else emptyAt = atMs;
  }
  return longest;
}
