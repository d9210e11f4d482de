import { setTimeout as delay } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { topology } from '@tandem/contracts/topology';
import { deadLetterQueues } from '@tandem/dlq/queues';
import { depthOf } from '@tandem/emulators/queue-depth';
import { localAws } from '../system/dynamodb.ts';

/** Number of messages in a queue: visible, in flight and delayed. */
export interface Depth {
  readonly atMs: number;
  readonly messages: number;
}

const SAMPLE_INTERVAL_MS = 250;

/** Samples the depth of the services' queues four times a second until it is stopped; then counts dead letters. */
export function watchQueues(endpoint: string, elapsedMs: () => number) {
  const sqs = new SQSClient({ ...localAws, endpoint });
  const depths: Record<string, Depth[]> = {};
  const stopping = new AbortController();
  const sampleDepths = async () => {
    while (!stopping.signal.aborted) {
      await Promise.all(
        Object.keys(topology.queues).map(async (queue) => {
          const messages = await depthOf(sqs, endpoint, queue);
          (depths[queue] ??= []).push({ atMs: elapsedMs(), messages });
        }),
      );
      await delay(SAMPLE_INTERVAL_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const sampling = sampleDepths();
  sampling.catch(() => undefined);
  return {
    depths: depths as Readonly<Record<string, readonly Depth[]>>,
    /** Resolves to the number of messages in all failure queues. Rejects if the queues could not be sampled. */
    async stop(): Promise<number> {
      stopping.abort();
      await sampling;
      const dead = await Promise.all(deadLetterQueues.map(({ name }) => depthOf(sqs, endpoint, name)));
      sqs.destroy();
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
