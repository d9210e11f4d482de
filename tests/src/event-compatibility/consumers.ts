import type { Cart } from '@tandem/cart/domain/cart';
import type { Line } from '@tandem/cart/domain/line';
import { type HoldResponse, responsesOf } from '@tandem/cart/domain/reservation';
import { applyProductEvents } from '@tandem/cart/messaging/product-events';
import { cartKey } from '@tandem/cart/store/entity-types';
import { createMetrics } from '@tandem/chassis/metrics';
import type { EventOf, NewEvent, TandemEvent } from '@tandem/contracts/events';
import { createProduct, deleteProduct } from '@tandem/product/domain/edit-product';
import { requireProduct, withStock } from '@tandem/product/domain/product';
import { changeStock } from '@tandem/product/domain/stock';
import { applyCartEvents } from '@tandem/product/messaging/cart-events';
import { createStockHolds } from '@tandem/product/application/stock-holds';
import { createSnapshots } from '@tandem/product/messaging/snapshot';
import { productKey } from '@tandem/product/store/entity-types';
import { NOW, openTable } from '../support/histories/delivery.ts';

const HOLD_SECONDS = 900;
const LATER = new Date(Date.parse(NOW) + 2 * HOLD_SECONDS * 1000).toISOString();

type NewProduct = Pick<EventOf<'ProductCreated'>, 'productId' | 'name' | 'price' | 'currency' | 'inventory'>;

/** Opens Product's consumer with these products, on a table in memory. */
export async function openProductConsumer(products: readonly NewProduct[]) {
  const { table, feed, [Symbol.dispose]: dispose } = openTable();
  const create = ({ productId, name, price, currency, inventory }: NewProduct) =>
    table.update(productKey(productId), (stored) =>
      createProduct({ stored }, productId, { content: { name, price, currency }, inventory }, NOW),
    );
  for (const product of products) await create(product);
  const published: NewEvent[] = [];
  const publishSnapshotPage = createSnapshots({
    table,
    publish: async (events) => {
      published.push(...events.map(({ event }) => event));
      return events.map(() => ({ status: 'published' }));
    },
    enqueue: () => Promise.reject(new Error('the snapshot has one page')),
    currentTraceparent: () => '',
    now: () => NOW,
  });
  const stockHoldsAt = (now: string) =>
    createStockHolds({ table, metrics: createMetrics(), holdSeconds: HOLD_SECONDS, now: () => now });
  return {
    table,
    create,
    delete: (productId: string) =>
      table.update(productKey(productId), (stored) => deleteProduct({ stored }, productId, NOW, () => true)),
    /** Counts the stock on hand. */
    count: (productId: string, onHand: number) =>
      table.update(productKey(productId), (stored) => {
        const product = requireProduct(stored, productId);
        return withStock(product, changeStock(product, { onHand }), NOW);
      }),
    /** Expires the hold of a cart, long after its end. */
    expire: (productId: string, cartId: string) => stockHoldsAt(LATER).expire(productId, [cartId]),
    apply: applyCartEvents({ stockHolds: stockHoldsAt(NOW), publishSnapshotPage }),
    /** Events of published snapshots. */
    published,
    /** Responses to carts so far. */
    async responses(): Promise<readonly HoldResponse[]> {
      const stopping = new AbortController();
      const reading = feed.read(1_000, stopping.signal);
      stopping.abort();
      const changes = await reading;
      return changes.flatMap(({ after }) => (after?.events ?? []) as TandemEvent[]).flatMap(responsesOf);
    },
    [Symbol.dispose]: dispose,
  };
}

/** Opens Cart's consumer on a table in memory. */
export function openCartConsumer() {
  const { table, [Symbol.dispose]: dispose } = openTable();
  return {
    table,
    apply: applyProductEvents({ table, now: () => NOW }),
    /** Stores a cart with a request that gets this response; a hold that expires is held until then. */
    async storeRequest({ outcome, cartId, productId, cartVersion, revision = 1 }: HoldResponse, qty: number) {
      const isHeld = outcome === 'expired';
      const line: Line = {
        productId,
        name: productId,
        qty,
        priceAtAdd: 1,
        requestedAt: cartVersion,
        heldQty: isHeld ? qty : 0,
        response: isHeld ? { cartVersion, revision: revision - 1 } : { cartVersion: cartVersion - 1 },
      };
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
        state: { ...state, version: Math.max(cart?.version ?? 0, cartVersion) + 1 },
        events: [],
      }));
    },
    [Symbol.dispose]: dispose,
  };
}
