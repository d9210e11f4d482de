import { setTimeout as delay } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { topology } from '@tandem/contracts/topology';
import { keepingQueues } from '@tandem/dlq/queues';
import { depthOf } from '@tandem/emulators/queue-depth';
import { localAws } from '../system/dynamodb.ts';

/** How many messages a queue held: those to be received, received and not yet deleted, and delayed. */
export interface Depth {
  readonly atMs: number;
  readonly messages: number;
}

const LOOK_EACH_MS = 250;

/** Looks at the services' queues, and those for what nobody could take, four times a second until it is stopped. */
export function watchQueues(endpoint: string, elapsedMs: () => number) {
  const sqs = new SQSClient({ ...localAws, endpoint });
  const depths: Record<string, Depth[]> = {};
  const stopping = new AbortController();
  const look = async () => {
    while (!stopping.signal.aborted) {
      await Promise.all(
        Object.keys(topology.queues).map(async (queue) => {
          const messages = await depthOf(sqs, endpoint, queue);
          (depths[queue] ??= []).push({ atMs: elapsedMs(), messages });
        }),
      );
      await delay(LOOK_EACH_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const looking = look();
  looking.catch(() => undefined);
  return {
    depths: depths as Readonly<Record<string, readonly Depth[]>>,
    /** Rejects when the queues could not be looked at. Resolves to how many messages were given up meanwhile. */
    async stop(): Promise<number> {
      stopping.abort();
      await looking;
      const dead = await Promise.all(keepingQueues.map(({ name }) => depthOf(sqs, endpoint, name)));
      sqs.destroy();
      return dead.reduce((sum, messages) => sum + messages, 0);
    },
  };
}

/**
 * The longest time that a queue was not seen empty, in milliseconds: no message of it was older. SQS itself tells an age
 * to CloudWatch only. A queue that messages pass through all the time may never be seen empty: it is an upper bound.
 */
export function oldestAtMostMs(depths: readonly Depth[]): number {
  let [longest, emptyAt] = [0, depths[0]?.atMs ?? 0];
  for (const { atMs, messages } of depths) {
    if (messages > 0) longest = Math.max(longest, atMs - emptyAt);
    else emptyAt = atMs;
  }
  return longest;
}
