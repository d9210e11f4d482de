import { setTimeout as delay } from 'node:timers/promises';
import { topology } from '@tandem/contracts/topology';
import { depth } from '../support/queues.ts';

/** Messages that may wait before clients pause: what is killed comes back to a queue that moves, as it would elsewhere. */
const MAX_BACKLOG = 300;
const LOOK_AGAIN_MS = 200;

/** Looks at the queues until it is stopped. */
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
      await delay(LOOK_AGAIN_MS, undefined, stopping).catch(() => undefined);
    }
    relax();
  };
  void watch();
  return {
    /** Resolves once it is. */
    isShort: () => short,
    stop: () => stopping.abort(),
  };
}
