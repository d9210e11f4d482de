import { type Applied, type ApplyBatch, inTraceOf } from '@tandem/chassis/messaging/consumer';
import type { TandemEvent } from '@tandem/contracts/events';
import type { Table } from '@tandem/storage/table';
import { entryOf } from '../domain/catalog.ts';
import { completeSnapshot } from '../domain/catalog-sync.ts';
import { markRejected, markReserved } from '../domain/reservation.ts';
import { cartKey, catalogKey, catalogSyncKey } from '../store/kinds.ts';

/** Keeps the catalog as Product's events tell it, whatever their order, and notes which lines hold their stock and which were refused it. */
export function applyProductEvents({ table, now }: { table: Table; now: () => string }): ApplyBatch {
  const apply = async (event: TandemEvent): Promise<unknown> => {
    switch (event.eventType) {
      case 'ProductCreated':
      case 'ProductUpdated':
      case 'ProductSnapshot':
      case 'ProductDeleted':
        return table.putIfNewer(catalogKey(event.productId), entryOf(event));
      case 'ProductSnapshotCompleted':
        return table.update(catalogSyncKey, (sync) => completeSnapshot(sync, event.snapshotId, now()));
      case 'InventoryReserved':
        return table.update(cartKey(event.cartId), (cart) =>
          cart ? markReserved(cart, event) : { state: cart, events: [] },
        );
      case 'InventoryReservationRejected':
        return table.update(cartKey(event.cartId), (cart) =>
          cart ? markRejected(cart, event) : { state: cart, events: [] },
        );
      default:
        return undefined;
    }
  };

  return async (events) => {
    const settled = await Promise.allSettled(events.map((event) => inTraceOf(event, () => apply(event))));
    return settled.map((result): Applied =>
      result.status === 'fulfilled' ? { status: 'applied' } : { status: 'failed', error: result.reason },
    );
  };
}
