import type { OutgoingEvent, Publish } from '@tandem/chassis/messaging/publisher';
import { DomainError } from '@tandem/chassis/errors';
import type { EventOf, NewEvent } from '@tandem/contracts/events';
import type { Table } from '@tandem/storage/table';
import { live, stateEvent } from '../domain/product.ts';
import { BY_CATEGORY, products } from '../store/entity-types.ts';

const PAGE_SIZE = 100;
/** Events of one call of SNS. */
const CALL_SIZE = 10;

export type SnapshotRequest = Omit<EventOf<'ProductSnapshotRequested'>, 'eventId' | 'schemaVersion'>;

/**
 * Publishes one page of a snapshot, and requests the next one through the service's own queue. A retry with the same request, the
 * same object, publishes only what is left. The page of a redelivered request is one call of SNS, so that also a process that is
 * killed again and again completes it. Once the signal is aborted, no further call begins.
 */
export type PublishSnapshotPage = (
  request: SnapshotRequest,
  options: { readonly isRedelivered: boolean; readonly signal?: AbortSignal | undefined },
) => Promise<void>;

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
  /** Ids of the events that were published for a request. */
  const publishedIds = new WeakMap<SnapshotRequest, Set<string>>();

  const publishAll = async (
    snapshotRequest: SnapshotRequest,
    signal: AbortSignal | undefined,
    events: readonly { eventId: string; event: NewEvent }[],
  ) => {
    const published = publishedIds.get(snapshotRequest) ?? new Set();
    publishedIds.set(snapshotRequest, published);
    const traceparent = currentTraceparent();
    const outgoing = events
      .filter(({ eventId }) => !published.has(eventId))
      .map((event): OutgoingEvent => ({ ...event, traceparent }));
    while (outgoing.length > 0) {
      signal?.throwIfAborted();
      const part = outgoing.splice(0, CALL_SIZE);
      const outcomes = await publish(part);
      part.forEach(({ eventId }, i) => outcomes[i]?.status === 'published' && published.add(eventId));
      const failure = outcomes.find(({ status }) => status !== 'published');
      if (!failure) continue;
      const cause = new Error(`snapshot page not published: ${JSON.stringify(failure)}`);
      throw failure.status === 'permanent' ? cause : notPublished(cause);
    }
  };

  return async (snapshotRequest, { isRedelivered, signal }) => {
    const { requestId: snapshotId, cursor, publishedCount = 0, ...request } = snapshotRequest;
    const page = await table.query(products, {
      index: BY_CATEGORY,
      limit: isRedelivered ? CALL_SIZE : PAGE_SIZE,
      ...(cursor ? { cursor } : {}),
    });
    const liveProducts = page.items.flatMap((stored) => live(stored) ?? []);
    await publishAll(
      snapshotRequest,
      signal,
      liveProducts.map((product) => ({
        eventId: `snapshot/${snapshotId}/${product.productId}/${product.version}`,
        event: { ...stateEvent('ProductSnapshot', product), snapshotId },
      })),
    );
    const productCount = publishedCount + liveProducts.length;
    if (page.cursor) {
      const next = { ...request, requestId: snapshotId, cursor: page.cursor, publishedCount: productCount };
      await enqueue(next).catch((cause: unknown) => {
        throw notPublished(cause);
      });
    } else {
      const event = {
        eventType: 'ProductSnapshotCompleted',
        snapshotId,
        productCount,
        timestamp: now(),
      } as const;
      await publishAll(snapshotRequest, signal, [{ eventId: `snapshot/${snapshotId}/completed`, event }]);
    }
  };
}

/** A page takes many calls of AWS. `unavailable` is retried at once, so that one transient failure uses up no receive. */
function notPublished(cause: unknown): DomainError {
  return new DomainError(
    'unavailable',
    'snapshot-not-published',
    'Publishing the snapshot page failed. It is retried.',
    { cause },
  );
}
