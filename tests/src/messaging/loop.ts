import { createMetrics } from '@tandem/chassis/metrics';
import { addItem, setQuantity } from '@tandem/cart/domain/cart';
import { sellable } from '@tandem/cart/domain/catalog';
import { type Caller, createCarts } from '@tandem/cart/http/carts';
import { eventsOfExpired } from '@tandem/cart/messaging/expired';
import { applyProductEvents } from '@tandem/cart/messaging/product-events';
import { DomainError } from '@tandem/chassis/errors';
import type { ApplyBatch } from '@tandem/chassis/messaging/consumer';
import { bodyOf, type Publish } from '@tandem/chassis/messaging/publisher';
import type { TandemEvent } from '@tandem/contracts/events';
import { readEvent } from '@tandem/contracts/read-event';
import { adjustStock, createProduct } from '@tandem/product/domain/product';
import { applyCartEvents } from '@tandem/product/messaging/cart-events';
import { productKey } from '@tandem/product/store/kinds';
import { createRelay } from '@tandem/relay/relay';
import { createTable } from '@tandem/storage/create-table';
import { openSqlite } from '@tandem/storage/sqlite';
import type { ChangeFeed } from '@tandem/storage/table';
import { deliver, NOW } from './histories.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const CART_DAYS = 7;

/** Something that happens to the two services, or between them. Carts and messages are named by any number. */
export type Step =
  | { readonly do: 'open' | 'sweep' }
  | { readonly do: 'add' | 'set'; readonly cart: number; readonly productId: string; readonly qty: number }
  | { readonly do: 'merge'; readonly cart: number; readonly from: number }
  | { readonly do: 'checkOut' | 'delete'; readonly cart: number }
  | { readonly do: 'wait'; readonly days: number }
  | { readonly do: 'restock'; readonly productId: string; readonly delta: number }
  | {
      readonly do: 'deliver';
      readonly to: ServiceName;
      readonly messages: readonly number[];
      readonly again: boolean;
    };

export type StepOf<D extends Step['do']> = Extract<Step, { do: D }>;
type ServiceName = 'product' | 'cart';
interface Message {
  readonly event: TandemEvent;
  readonly redeliveries: number;
}
const MAX_REDELIVERIES = 2;

/**
 * Both services on tables in memory, as they are but for sockets: their relays bring events to two queues, from which
 * they are delivered when and as often as a step says so. Dispose of it.
 */
export async function openLoop(stocked: Readonly<Record<string, number>>) {
  const productStore = openSqlite(':memory:');
  const cartStore = openSqlite(':memory:');
  let nowMs = Date.parse(NOW);
  const now = () => new Date(nowMs).toISOString();
  // Product's clock stands: it forgets a released reservation after a month, and no event is ever that late.
  const products = createTable(productStore.driver, { now: () => Date.parse(NOW) });
  const carts = createTable(cartStore.driver, { now: () => nowMs });

  const queues: Record<ServiceName, Message[]> = { product: [], cart: [] };
  const relayTo = (to: ServiceName) =>
    createRelay({
      publish: publishTo(queues[to]),
      park: () => Promise.reject(new Error('nothing is to be parked')),
      eventsOfExpired,
      topic: 'any',
      metrics: createMetrics(),
      log: { warn: fail, error: fail },
    });
  const relays = [
    [productStore.feed, relayTo('cart')],
    [cartStore.feed, relayTo('product')],
  ] as const;
  const relay = async () => {
    for (const [feed, publish] of relays) {
      const changes = await changesOf(feed);
      await publish(changes);
      const last = changes.at(-1);
      if (last) await feed.checkpoint(last);
    }
  };
  const appliers: Record<ServiceName, ApplyBatch> = {
    product: applyCartEvents({ table: products, publishSnapshotPage: fail, metrics: createMetrics(), now }),
    cart: applyProductEvents({ table: carts, now }),
  };

  const cartIds: string[] = [];
  const newCartId = () => `c${cartIds.length}`;
  const ttlSeconds = { guest: (CART_DAYS * DAY_MS) / 1000, user: (CART_DAYS * DAY_MS) / 1000 };
  const deps = { isCatalogSynchronised: () => true, newCartId, now, ttlSeconds, reservationWaitMs: 0 };
  const api = createCarts({ table: carts, ...deps });
  const guest: Caller = { identity: undefined, idempotent: undefined };
  const cartId = (index: number) => cartIds[index % cartIds.length] ?? 'none';

  const deliverSome = async ({ to, messages, again }: StepOf<'deliver'>) => {
    const taken = messages.flatMap((nth) => takeFrom(queues[to], nth));
    const events = taken.map(({ event }) => event);
    await deliver(appliers[to], events);
    if (again) queues[to].push(...taken.flatMap(redelivered));
  };
  const take = async (step: Step): Promise<unknown> => {
    switch (step.do) {
      case 'open':
        return cartIds.push((await api.open(guest)).cartId);
      case 'add':
      case 'set': {
        const { cart, productId, qty } = step;
        return api.change(
          guest,
          cartId(cart),
          (cart, catalog, moment) =>
            step.do === 'add'
              ? addItem(cart, sellable(catalog, productId), qty, moment)
              : setQuantity(cart, productId, () => sellable(catalog, productId), qty, moment),
          productId,
        );
      }
      case 'merge':
        return api.merge(guest, cartId(step.cart), cartId(step.from));
      case 'checkOut':
        return api.checkOut(guest, cartId(step.cart));
      case 'delete':
        return api.delete(guest, cartId(step.cart));
      case 'wait':
        return (nowMs += step.days * DAY_MS);
      case 'sweep':
        return cartStore.removeExpired(nowMs / 1000);
      case 'restock': {
        const { productId, delta } = step;
        return products.update(productKey(productId), (stored) =>
          adjustStock(stored, productId, delta, now()),
        );
      }
      default:
        return deliverSome(step);
    }
  };

  for (const [id, inventory] of Object.entries(stocked)) {
    const input = { name: id, price: 100, currency: 'EUR', inventory };
    await products.update(productKey(id), (stored) => createProduct(stored, id, input, NOW));
  }
  await relay();
  for (const { event } of queues.cart.splice(0)) await deliver(appliers.cart, [event]);

  return {
    products,
    carts,
    cartIds,
    cartId,
    waiting: () => ({ product: queues.product.length, cart: queues.cart.length }),
    /** Takes the step, and has the relays bring what it told. Resolves to why it was refused, if it was. */
    async take(step: Step): Promise<DomainError | undefined> {
      try {
        await take(step);
        return undefined;
      } catch (error) {
        if (error instanceof DomainError) return error;
        throw error;
      } finally {
        await relay();
      }
    },
    [Symbol.dispose]() {
      productStore.close();
      cartStore.close();
    },
  };
}

function fail(): never {
  throw new Error('must not happen');
}

function publishTo(queue: Message[]): Publish {
  return async (events) => {
    for (const outgoing of events) {
      const reading = readEvent(bodyOf(outgoing));
      if (!reading.ok) throw new Error(JSON.stringify(reading));
      queue.push({ event: reading.event, redeliveries: 0 });
    }
    return events.map(() => ({ status: 'published' }));
  };
}

/** What a feed has now, without waiting for more. */
async function changesOf(feed: ChangeFeed) {
  const stopping = new AbortController();
  const reading = feed.read(1_000, stopping.signal);
  stopping.abort();
  return await reading;
}

function takeFrom<T>(items: T[], nth: number): T[] {
  return items.splice(nth % Math.max(1, items.length), 1);
}

function redelivered({ event, redeliveries }: Message): Message[] {
  return redeliveries < MAX_REDELIVERIES ? [{ event, redeliveries: redeliveries + 1 }] : [];
}
