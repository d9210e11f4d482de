import { createMetrics } from '@tandem/chassis/metrics';
import type { EventOf, NewEvent } from '@tandem/contracts/events';
import { createTable } from '@tandem/storage/create-table';
import { openSqlite } from '@tandem/storage/sqlite';
import type { Table } from '@tandem/storage/table';
import { createProduct } from '../domain/edit-product.ts';
import { live } from '../domain/product.ts';
import { T0 } from '../domain/testing.ts';
import { productKey } from '../store/entity-types.ts';
import { createStockHolds } from '../application/stock-holds.ts';

/** Product's table in two processes, with this stock of the product `p`, and a mocked clock. */
export async function openStock(inventory: number, holdSeconds = 900) {
  const { driver, feed, close } = openSqlite(':memory:');
  const clock = { nowMs: Date.parse(T0) };
  const now = () => new Date(clock.nowMs).toISOString();
  const metrics = createMetrics();
  const openTable = () => createTable(driver, { now: () => clock.nowMs });
  const table = openTable();
  const stockHoldsOn = (table: Table) => createStockHolds({ table, metrics, holdSeconds, now });
  const content = { name: 'p', price: 1, currency: 'USD' };
  await table.update(productKey('p'), (stored) =>
    createProduct({ stored }, 'p', { content, inventory }, now()),
  );
  return {
    table,
    otherTable: openTable(),
    feed,
    metrics,
    clock,
    now,
    stockHoldsOn,
    /** Resolves to the units on hand and held. */
    stock: async () => {
      const product = live(await table.get(productKey('p')));
      return product && [product.onHand, product.held];
    },
    /** Resolves to the events that were stored since the last call. */
    publishedEvents: async (): Promise<NewEvent[]> => {
      const changes = await feed.read(10_000, AbortSignal.timeout(5_000));
      const last = changes.at(-1);
      if (last) await feed.checkpoint(last);
      return changes.flatMap(({ after }): readonly NewEvent[] => after?.events ?? []);
    },
    [Symbol.dispose]: close,
  };
}

/** Event: a guest's cart adds units of a product. */
export function added(
  cartId: string,
  qty = 1,
  overrides: Partial<EventOf<'ProductAddedToCart'>> = {},
): EventOf<'ProductAddedToCart'> {
  return {
    eventType: 'ProductAddedToCart',
    cartId,
    userId: null,
    productId: 'p',
    priceAtAdd: 1,
    qty,
    lineQty: qty,
    timestamp: T0,
    cartVersion: 2,
    ...overrides,
  };
}
