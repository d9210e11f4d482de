import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { serviceNames, topology } from '@tandem/contracts/topology';
import { depths } from '../support/queues.ts';

/** Backlog at which clients pause, so that a killed process returns to a queue that still moves. */
const MAX_BACKLOG = 300;
const POLL_INTERVAL_MS = 200;
/** Result codes of SQLite for a store whose processes were killed: busy, to be recovered by a writer, cannot be opened. */
const UNREADABLE = new Set([5, 8, 14]);
const queues = Object.keys(topology.queues);

/**
 * Polls the backlog of the queues, and of the relays of stores in this directory, until it is stopped. Clients that wait for nobody
 * write faster than one relay publishes on a machine of two cores; on AWS the relays of a table are as many as its shards.
 */
export function watchBacklog(endpoint: string, directory?: string) {
  const stopping = new AbortController();
  let belowLimit = Promise.resolve();
  let release = () => undefined as void;
  let longest = '';

  const watch = async () => {
    let isAbove = false;
    while (!stopping.signal.aborted) {
      // What was just killed cannot be asked: its queues and its store count again once it is back.
      const messages = await depths(endpoint, queues).catch(() => []);
      const counts = [
        ...messages.map((count, i) => [`messages in ${queues[i]}`, count] as const),
        ...(directory === undefined ? [] : unpublishedChanges(directory)),
      ];
      const wasAbove = isAbove;
      const [name, most] = counts.reduce((one, other) => (other[1] > one[1] ? other : one), ['', 0]);
      isAbove = most > MAX_BACKLOG;
      longest = isAbove ? `${most} ${name}` : '';
      if (isAbove && !wasAbove) ({ promise: belowLimit, resolve: release } = Promise.withResolvers<void>());
      if (!isAbove) release();
      await delay(POLL_INTERVAL_MS, undefined, stopping).catch(() => undefined);
    }
    release();
  };
  void watch();
  return {
    /** Backlog for which clients pause; empty while there is none. */
    longest: () => longest,
    /** Resolves once the backlog is below its limit. */
    untilBelowLimit: () => belowLimit,
    stop: () => stopping.abort(),
  };
}

/** Numbers of changes that relays have not published yet, by their description; none of a store that has to be recovered first. */
function unpublishedChanges(directory: string): readonly (readonly [string, number])[] {
  return serviceNames.flatMap((service) => {
    try {
      using db = new DatabaseSync(join(directory, `${service}.sqlite`), { readOnly: true, timeout: 1_000 });
      const { count } = db.prepare('SELECT count(*) AS count FROM changes').get() ?? {};
      return [[`unpublished changes of ${service}`, Number(count)]] as const;
    } catch (error) {
      if (UNREADABLE.has(Number((error as { errcode?: number }).errcode) & 0xff)) return [];
      throw error;
    }
  });
}
