import type { Cart } from '@tandem/cart/domain/cart';
import { type Answer, answersOf } from '@tandem/cart/domain/reservation';
import { applyProductEvents } from '@tandem/cart/messaging/product-events';
import { cartKey } from '@tandem/cart/store/kinds';
import { createMetrics } from '@tandem/chassis/metrics';
import type { EventOf, NewEvent, TandemEvent } from '@tandem/contracts/events';
import { createProduct, deleteProduct } from '@tandem/product/domain/product';
import { applyCartEvents } from '@tandem/product/messaging/cart-events';
import { createSnapshots } from '@tandem/product/messaging/snapshot';
import { productKey } from '@tandem/product/store/kinds';
import { NOW, openTable } from '../messaging/histories.ts';

type Stocked = Pick<EventOf<'ProductCreated'>, 'productId' | 'name' | 'price' | 'currency' | 'inventory'>;

/** Product on a table in memory that has these products, as it consumes. Dispose of it. */
export async function openProduct(stocked: readonly Stocked[]) {
  const { table, feed, [Symbol.dispose]: dispose } = openTable();
  const create = ({ productId, name, price, currency, inventory }: Stocked) =>
    table.update(productKey(productId), (stored) =>
      createProduct(stored, productId, { name, price, currency, inventory }, NOW),
    );
  for (const product of stocked) await create(product);
  const published: NewEvent[] = [];
  const publishSnapshotPage = createSnapshots({
    table,
    publish: async (events) => {
      published.push(...events.map(({ event }) => event));
      return events.map(() => ({ status: 'published' }));
    },
    enqueue: () => Promise.reject(new Error('one page is enough')),
    currentTraceparent: () => '',
    now: () => NOW,
  });
  return {
    table,
    create,
    delete: (productId: string) =>
      table.update(productKey(productId), (stored) => deleteProduct(stored, productId, NOW, () => true)),
    apply: applyCartEvents({ table, publishSnapshotPage, metrics: createMetrics(), now: () => NOW }),
    /** What snapshots published. */
    published,
    /** What it answered to carts. */
    async answers(): Promise<readonly Answer[]> {
      const stopping = new AbortController();
      const reading = feed.read(1_000, stopping.signal);
      stopping.abort();
      const changes = await reading;
      return changes.flatMap(({ after }) => (after?.events ?? []) as TandemEvent[]).flatMap(answersOf);
    },
    [Symbol.dispose]: dispose,
  };
}

/** Cart on a table in memory, as it consumes. Dispose of it. */
export function openCart() {
  const { table, [Symbol.dispose]: dispose } = openTable();
  return {
    table,
    apply: applyProductEvents({ table, now: () => NOW }),
    /** Has a cart ask for the stock of one line, and wait for this answer. */
    async asks({ cartId, productId, cartVersion }: Pick<Answer, 'cartId' | 'productId' | 'cartVersion'>) {
      const line = { productId, name: productId, qty: 1, priceAtAdd: 1, changedAt: cartVersion };
      const state: Omit<Cart, 'version'> = {
        cartId,
        userId: null,
        status: 'open',
        currency: 'EUR',
        lines: [line],
        updatedAt: NOW,
        expiresAt: '2026-02-21T15:00:00.000Z',
      };
      await table.update(cartKey(cartId), (cart) => ({
        state: { ...state, version: (cart?.version ?? 0) + 1 },
        events: [],
      }));
    },
    [Symbol.dispose]: dispose,
  };
}
