import { randomUUID } from 'node:crypto';
import type { Logger } from '@tandem/chassis/logger';
import type { Publish } from '@tandem/chassis/messaging/publisher';
import { currentTraceparent } from '@tandem/chassis/trace';
import type { Table } from '@tandem/storage/table';
import { namesRequestKey } from '../store/entity-types.ts';

export interface NamesRequestDeps {
  readonly table: Table;
  readonly publish: Publish;
  readonly logger: Pick<Logger, 'error'>;
  /** Clock, in milliseconds since the epoch. */
  readonly now: () => number;
}

/** The request for a snapshot of the products, which were created before this service started to consume events. */
export interface NamesRequester {
  /** Requests the snapshot, unless it is complete or was requested recently. Never rejects. */
  request(): Promise<void>;
  /** Records that a snapshot was published. */
  complete(snapshotId: string): Promise<void>;
}

/** Time after which the snapshot is requested again, if it is not complete. */
const REPEAT_MS = 10 * 60 * 1_000;
const RETRY_MS = 60 * 1_000;

/**
 * Creates a requester. It publishes a request before it stores it: a crash in between repeats the request, which is
 * harmless. A repeated request has the same id, so that the first snapshot to be published completes it.
 */
export function createNamesRequester({ table, publish, logger, now }: NamesRequestDeps): NamesRequester {
  let nextCheckAt = -Infinity;

  /** Resolves to the time of the next check, in milliseconds since the epoch. */
  const check = async (): Promise<number> => {
    const stored = await table.get(namesRequestKey);
    if (stored?.completedAt) return Infinity;
    const repeatAt = stored ? Date.parse(stored.requestedAt) + REPEAT_MS : -Infinity;
    if (now() < repeatAt) return repeatAt;

    const requestId = stored?.requestId ?? randomUUID();
    const timestamp = new Date(now()).toISOString();
    const event = { eventType: 'ProductSnapshotRequested', requestId, timestamp } as const;
    const [outcome] = await publish([{ eventId: requestId, traceparent: currentTraceparent(), event }]);
    if (outcome?.status !== 'published') throw new Error(`request not published: ${outcome?.reason}`);
    await table.update(namesRequestKey, (current) => {
      // Another instance was faster: its request counts.
      if (current && current.requestId !== requestId) return { state: current, events: [] };
      const state = {
        ...current,
        version: (current?.version ?? 0) + 1,
        requestId,
        requestedAt: timestamp,
        since: current?.since ?? timestamp,
      };
      return { state, events: [] };
    });
    return now() + REPEAT_MS;
  };

  return {
    async request() {
      if (now() < nextCheckAt) return;
      nextCheckAt = now() + RETRY_MS;
      try {
        nextCheckAt = await check();
      } catch (err) {
        logger.error({ err }, 'names of products not requested');
      }
    },

    async complete(snapshotId) {
      const completedAt = new Date(now()).toISOString();
      await table.update(namesRequestKey, (current) =>
        current?.requestId === snapshotId && !current.completedAt
          ? { state: { ...current, version: current.version + 1, completedAt }, events: [] }
          : { state: current, events: [] },
      );
    },
  };
}
