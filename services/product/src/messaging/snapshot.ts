import type { OutgoingEvent, Publish } from '@tandem/chassis/messaging/publisher';
import { DomainError } from '@tandem/chassis/errors';
import type { EventOf, NewEvent } from '@tandem/contracts/events';
import type { Table } from '@tandem/storage/table';
import { live, stateEvent } from '../domain/product.ts';
import { BY_CATEGORY, products } from '../store/entity-types.ts';

const PAGE = 100;

export type SnapshotRequest = Omit<EventOf<'ProductSnapshotRequested'>, 'eventId' | 'schemaVersion'>;

/** Publishes one page of a snapshot and asks, through the service's own queue, for the next one. */
export type PublishSnapshotPage = (request: SnapshotRequest) => Promise<void>;

export interface SnapshotDeps {
  readonly table: Table;
  readonly publish: Publish;
  /** Puts a request into the service's own queue, so that each page is a message of its own: a crash resumes at the page. */
  readonly enqueue: (request: SnapshotRequest) => Promise<void>;
  readonly currentTraceparent: () => string;
  readonly now: () => string;
}

/**
 * Snapshots are the one thing that a service publishes itself: they change no state, so there is nothing that a crash
 * between a write and a publish could lose. A page that failed is published again by the redelivered request.
 */
export function createSnapshots({
  table,
  publish,
  enqueue,
  currentTraceparent,
  now,
}: SnapshotDeps): PublishSnapshotPage {
  const publishAll = async (events: readonly { eventId: string; event: NewEvent }[]) => {
    const traceparent = currentTraceparent();
    const outgoing = events.map((event): OutgoingEvent => ({ ...event, traceparent }));
    const failed = (await publish(outgoing)).find(({ status }) => status !== 'published');
    if (!failed) return;
    const cause = new Error(`snapshot page not published: ${JSON.stringify(failed)}`);
    if (failed.status === 'permanent') throw cause;
    // A page is many calls of SNS: that one of them fails for a moment must not cost the page a receive.
    throw new DomainError(
      'unavailable',
      'snapshot-not-published',
      'Publishing the snapshot page failed. It is tried again.',
      { cause },
    );
  };

  return async ({ requestId: snapshotId, cursor, publishedCount = 0, ...request }) => {
    const page = await table.query(products, {
      index: BY_CATEGORY,
      limit: PAGE,
      ...(cursor ? { cursor } : {}),
    });
    const found = page.items.flatMap((stored) => live(stored) ?? []);
    await publishAll(
      found.map((product) => ({
        eventId: `snapshot/${snapshotId}/${product.productId}/${product.version}`,
        event: { ...stateEvent('ProductSnapshot', product), snapshotId },
      })),
    );
    const productCount = publishedCount + found.length;
    if (page.cursor) {
      await enqueue({ ...request, requestId: snapshotId, cursor: page.cursor, publishedCount: productCount });
    } else {
      const event = {
        eventType: 'ProductSnapshotCompleted',
        snapshotId,
        productCount,
        timestamp: now(),
      } as const;
      await publishAll([{ eventId: `snapshot/${snapshotId}/completed`, event }]);
    }
  };
}
