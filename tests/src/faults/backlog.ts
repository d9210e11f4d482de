import { setTimeout as delay } from 'node:timers/promises';
import { depths } from '../support/queues.ts';

/** Backlog at which clients pause, so that a killed process returns to a queue that still moves. */
const MAX_BACKLOG = 300;
const POLL_INTERVAL_MS = 200;

/** Polls the backlog of the queues until it is stopped. */
export function watchBacklog(endpoint: string) {
  const stopping = new AbortController();
  let belowLimit = Promise.resolve();
  let release = () => undefined as void;

  const watch = async () => {
    let isAbove = false;
    while (!stopping.signal.aborted) {
      const counts = await depths(endpoint).catch(() => [0]);
      const wasAbove = isAbove;
      isAbove = Math.max(...counts) > MAX_BACKLOG;
      if (isAbove && !wasAbove) ({ promise: belowLimit, resolve: release } = Promise.withResolvers<void>());
      if (!isAbove) release();
      await delay(POLL_INTERVAL_MS, undefined, stopping).catch(() => undefined);
    }
    release();
  };
  void watch();
  return {
    /** Resolves once the backlog is below its limit. */
    untilBelowLimit: () => belowLimit,
    stop: () => stopping.abort(),
  };
}
