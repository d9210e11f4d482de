import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@tandem/chassis/logger';
import { createOutageLog } from '@tandem/chassis/outage-log';
import type { ChangeFeed } from '@tandem/storage/table';
import type { Relay } from './relay.ts';

const BATCH = 100;
const MAX_BACKOFF_MS = 5_000;

/**
 * Relays the changes of a feed in order, until the signal aborts. The checkpoint moves past published and parked changes
 * only; a failure is retried with backoff, from the first change that failed.
 */
export async function follow(
  feed: ChangeFeed,
  relay: Relay,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Pick<Logger, 'error' | 'info'> },
): Promise<void> {
  let failures = 0;
  const outage = createOutageLog(log, { lost: 'relay failed; it is retried', back: 'relay succeeds again' });
  while (!signal.aborted) {
    try {
      const changes = await feed.read(BATCH, signal);
      const { failed } = await relay(changes);
      const firstFailed =
        failed.length === 0 ? changes.length : changes.findIndex((change) => failed.includes(change));
      const lastDone = changes[firstFailed - 1];
      if (lastDone) await feed.checkpoint(lastDone);
      failures = firstFailed < changes.length ? failures + 1 : 0;
      outage.succeeded();
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      outage.failed(error);
    }
    if (failures > 0) {
      await delay(Math.min(50 * 2 ** failures, MAX_BACKOFF_MS), undefined, { signal }).catch(() => undefined);
    }
  }
}
