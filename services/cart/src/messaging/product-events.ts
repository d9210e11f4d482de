import { type Applied, type ApplyBatch, inTraceOf } from '@tandem/chassis/messaging/consumer';
import type { TandemEvent } from '@tandem/contracts/events';
import type { Table } from '@tandem/storage/table';
import { entryOf } from '../domain/catalog.ts';
import { completeSnapshot, noteArrival } from '../domain/catalog-sync.ts';
import { type Answer, answersOf, markAnswers } from '../domain/reservation.ts';
import { cartKey, catalogKey, catalogSyncKey } from '../store/kinds.ts';

/** How often it is noted that a snapshot is arriving: well before it would be asked for again. */
const NOTE_ARRIVAL_MS = 10_000;

/**
 * Keeps the catalog as Product's events tell it, whatever their order, and notes which lines hold their stock and which
 * were refused it: the answers to one cart in one write.
 */
export function applyProductEvents({ table, now }: { table: Table; now: () => string }): ApplyBatch {
  const note = (cartId: string, answers: readonly Answer[]) =>
    table.update(cartKey(cartId), (cart) =>
      cart ? markAnswers(cart, answers) : { state: cart, events: [] },
    );

  const noteArrivals = async (events: readonly TandemEvent[]) => {
    const ids = events.map((event) => event.eventType === 'ProductSnapshot' && event.snapshotId);
    const snapshotId = ids.find((id) => typeof id === 'string');
    if (typeof snapshotId !== 'string') return;
    const notedSince = new Date(Date.parse(now()) - NOTE_ARRIVAL_MS).toISOString();
    await table.update(catalogSyncKey, (sync) => noteArrival(sync, snapshotId, now(), notedSince));
  };

  /** Takes what an event says of a product; of what answers carts alone there is nothing to take. */
  const apply = async (event: TandemEvent): Promise<unknown> => {
    switch (event.eventType) {
      case 'ProductCreated':
      case 'ProductUpdated':
      case 'ProductSnapshot':
      case 'ProductDeleted':
        return table.putIfNewer(catalogKey(event.productId), entryOf(event));
      case 'ProductSnapshotCompleted':
        return table.update(catalogSyncKey, (sync) => completeSnapshot(sync, event.snapshotId, now()));
      default:
        return undefined;
    }
  };

  return async (events) => {
    const failures = new Map<TandemEvent, unknown>();
    const attempt = async (together: readonly TandemEvent[], work: () => Promise<unknown>) => {
      const [first] = together;
      if (!first) return;
      await inTraceOf(first, work).catch((error: unknown) => {
        for (const event of together) failures.set(event, error);
      });
    };

    const answers = events.flatMap((event) => answersOf(event).map((answer) => ({ event, answer })));
    const ofCarts = Map.groupBy(answers, ({ answer }) => answer.cartId);
    await Promise.all([
      noteArrivals(events),
      ...[...ofCarts].map(([cartId, told]) =>
        attempt(
          told.map(({ event }) => event),
          () =>
            note(
              cartId,
              told.map(({ answer }) => answer),
            ),
        ),
      ),
      ...events.map((event) => attempt([event], () => apply(event))),
    ]);
    return events.map((event): Applied =>
      failures.has(event) ? { status: 'failed', error: failures.get(event) } : { status: 'applied' },
    );
  };
}
