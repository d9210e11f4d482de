import { type Applied, type ApplyBatch, inTraceOf } from '@tandem/chassis/messaging/consumer';
import type { Metrics } from '@tandem/chassis/metrics';
import type { TandemEvent } from '@tandem/contracts/events';
import { put, type Table } from '@tandem/storage/table';
import { claimsOf, reserve, type StockClaim } from '../domain/reservation.ts';
import { productKey, reservationKey } from '../store/kinds.ts';
import type { PublishSnapshotPage } from './snapshot.ts';

/** How many products' stock is moved at once. */
const CONCURRENCY = 20;

/** An event of a batch. */
interface Source {
  readonly event: TandemEvent;
  readonly position: number;
}

export interface CartEventsDeps {
  readonly table: Table;
  readonly publishSnapshotPage: PublishSnapshotPage;
  readonly metrics: Pick<Metrics, 'count'>;
  readonly now: () => string;
}

/** Applies what carts did to the stock, one transaction a product, and publishes snapshots that were asked for. */
export function applyCartEvents({ table, publishSnapshotPage, metrics, now }: CartEventsDeps): ApplyBatch {
  const moveStock = async (productId: string, claims: readonly StockClaim[]) => {
    const { writes } = await table.transact(
      [productKey(productId), ...cartsOf(claims).map((cartId) => reservationKey(productId, cartId))],
      (read) => {
        const stored = read.get(productKey(productId));
        const reservationOf = (cartId: string) => read.get(reservationKey(productId, cartId));
        const { product, events, reservations } = reserve(stored, reservationOf, claims, now());
        const writes = reservations.map(({ state, events }) =>
          put(reservationKey(productId, state.cartId), state, events),
        );
        if (product && product !== stored) writes.push(put(productKey(productId), product, events));
        return { writes };
      },
    );
    const rejected = writes
      .flatMap(({ events }) => events)
      .filter(({ eventType }) => eventType === 'InventoryReservationRejected');
    if (rejected.length > 0) metrics.count('ReservationsRejected', rejected.length);
  };

  return async (events) => {
    const failures = new Map<number, unknown>();
    const attempt = (sources: readonly Source[], work: () => Promise<unknown>) => {
      const [first] = sources;
      const done = first ? inTraceOf(first.event, work) : work();
      return done.catch((error: unknown) => sources.forEach(({ position }) => failures.set(position, error)));
    };

    const sources = events.map((event, position): Source => ({ event, position }));
    const claims = sources.flatMap((source) => claimsOf(source.event).map((claim) => ({ ...claim, source })));
    const ofProducts = [...Map.groupBy(claims, ({ productId }) => productId)];
    while (ofProducts.length > 0) {
      const some = ofProducts.splice(0, CONCURRENCY);
      await Promise.all(
        some.map(([productId, ofProduct]) =>
          attempt(
            ofProduct.map(({ source }) => source),
            () => moveStock(productId, ofProduct),
          ),
        ),
      );
    }
    for (const source of sources) {
      const { event } = source;
      if (event.eventType === 'ProductSnapshotRequested')
        await attempt([source], () => publishSnapshotPage(event));
    }
    return sources.map(({ position }): Applied => outcomeOf(failures, position));
  };
}

function outcomeOf(failures: ReadonlyMap<number, unknown>, position: number): Applied {
  return failures.has(position) ? { status: 'failed', error: failures.get(position) } : { status: 'applied' };
}

function cartsOf(claims: readonly StockClaim[]): string[] {
  return [...new Set(claims.map(({ cartId }) => cartId))];
}
