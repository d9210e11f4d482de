import { setTimeout as delay } from 'node:timers/promises';
import { topology } from '@tandem/contracts/topology';
import { depth } from '../support/queues.ts';

/** Backlog at which clients pause, so that a killed process returns to a queue that still moves. */
const MAX_BACKLOG = 300;
const POLL_INTERVAL_MS = 200;

/** Polls the backlog of the queues until it is stopped. */
export function watchBacklog(endpoint: string) {
  const stopping = new AbortController();
  let short = Promise.resolve();
  let relax = () => undefined as void;

  const watch = async () => {
    let isLong = false;
    while (!stopping.signal.aborted) {
      const depths = Object.keys(topology.queues).map(async (queue) => depth(endpoint, queue));
      const waiting = await Promise.all(depths).catch(() => [0]);
      const wasLong = isLong;
      isLong = Math.max(...waiting) > MAX_BACKLOG;
      if (isLong && !wasLong) ({ promise: short, resolve: relax } = Promise.withResolvers<void>());
      if (!isLong) relax();
      await delay(POLL_INTERVAL_MS, undefined, stopping).catch(() => undefined);
    }
    relax();
  };
  void watch();
  return {
    /** Resolves once the backlog is short. */
    isShort: () => short,
    stop: () => stopping.abort(),
  };
}
