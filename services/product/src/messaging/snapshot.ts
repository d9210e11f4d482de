import type { OutgoingEvent, Publish } from '@tandem/chassis/messaging/publisher';
import { DomainError } from '@tandem/chassis/errors';
import type { EventOf, NewEvent } from '@tandem/contracts/events';
import type { Table } from '@tandem/storage/table';
import { live, stateEvent } from '../domain/product.ts';
import { BY_CATEGORY, products } from '../store/entity-types.ts';

const PAGE_SIZE = 100;

export type SnapshotRequest = Omit<EventOf<'ProductSnapshotRequested'>, 'eventId' | 'schemaVersion'>;

/** Publishes one page of a snapshot, and requests the next one through the service's own queue. */
export type PublishSnapshotPage = (request: SnapshotRequest) => Promise<void>;

export interface SnapshotDeps {
  readonly table: Table;
  readonly publish: Publish;
  /** Sends a request to the service's own queue: each page is a separate message, so that a crash resumes at that page. */
  readonly enqueue: (request: SnapshotRequest) => Promise<void>;
  readonly currentTraceparent: () => string;
  readonly now: () => string;
}

/**
 * Creates the publisher of snapshots. They are the only events that a service publishes without the outbox: they change no
 * state, so that no write can be committed without them. A page that fails is published again when its request is redelivered.
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
    const failure = (await publish(outgoing)).find(({ status }) => status !== 'published');
    if (!failure) return;
    const cause = new Error(`snapshot page not published: ${JSON.stringify(failure)}`);
    if (failure.status === 'permanent') throw cause;
    // A page takes many calls of SNS. `unavailable` is retried at once, so that one transient failure uses up no receive.
    throw new DomainError(
      'unavailable',
      'snapshot-not-published',
      'Publishing the snapshot page failed. It is retried.',
      { cause },
    );
  };

  return async ({ requestId: snapshotId, cursor, publishedCount = 0, ...request }) => {
    const page = await table.query(products, {
      index: BY_CATEGORY,
      limit: PAGE_SIZE,
      ...(cursor ? { cursor } : {}),
    });
    const liveProducts = page.items.flatMap((stored) => live(stored) ?? []);
    await publishAll(
      liveProducts.map((product) => ({
        eventId: `snapshot/${snapshotId}/${product.productId}/${product.version}`,
        event: { ...stateEvent('ProductSnapshot', product), snapshotId },
      })),
    );
    const productCount = publishedCount + liveProducts.length;
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
