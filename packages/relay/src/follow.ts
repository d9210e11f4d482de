import { setTimeout as delay } from 'node:timers/promises';
import type { ChangeFeed } from '@tandem/storage/table';
import type { Relay } from './relay.ts';

const BATCH = 100;
const MAX_BACKOFF_MS = 5_000;

/**
 * Relays a feed's changes until the signal aborts, in order, moving the checkpoint only behind what was published or
 * parked. A failure is tried again from the first change that failed.
 */
export async function follow(
  feed: ChangeFeed,
  relay: Relay,
  { signal, log }: { signal: AbortSignal; log: { error(fields: object, message: string): void } },
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      const changes = await feed.read(BATCH, signal);
      const { failed } = await relay(changes);
      const firstFailed = failed.length === 0 ? changes.length : changes.findIndex((c) => failed.includes(c));
      const done = changes[firstFailed - 1];
      if (done) await feed.checkpoint(done);
      failures = firstFailed < changes.length ? failures + 1 : 0;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      log.error({ err: error }, 'relay failed, trying again');
    }
    if (failures > 0) {
      await delay(Math.min(50 * 2 ** failures, MAX_BACKOFF_MS), undefined, { signal }).catch(() => undefined);
    }
  }
}
