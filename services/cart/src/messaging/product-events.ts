import { type Applied, type ApplyBatch, inTraceOf } from '@tandem/chassis/messaging/consumer';
import type { TandemEvent } from '@tandem/contracts/events';
import type { Table } from '@tandem/storage/table';
import { entryOf } from '../domain/catalog.ts';
import { completeSnapshot, noteArrival } from '../domain/catalog-sync.ts';
import { type Answer, isAnswer, markAnswers } from '../domain/reservation.ts';
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
    const outcomes = new Map<TandemEvent, Applied>();
    const attempt = async (together: readonly TandemEvent[], work: () => Promise<unknown>) => {
      const [first] = together;
      if (!first) return;
      const outcome = await inTraceOf(first, work).then(
        (): Applied => ({ status: 'applied' }),
        (error: unknown): Applied => ({ status: 'failed', error }),
      );
      for (const event of together) outcomes.set(event, outcome);
    };

    const ofCarts = Map.groupBy(events.filter(isAnswer), ({ cartId }) => cartId);
    await Promise.all([
      noteArrivals(events),
      ...[...ofCarts].map(([cartId, answers]) => attempt(answers, () => note(cartId, answers))),
      ...events.filter((event) => !isAnswer(event)).map((event) => attempt([event], () => apply(event))),
    ]);
    return events.map((event) => outcomes.get(event) ?? { status: 'failed', error: new Error('no outcome') });
  };
}
