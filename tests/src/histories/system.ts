import { addItem, type Cart, setQuantity } from '@tandem/cart/domain/cart';
import { requireProduct } from '@tandem/cart/domain/catalog';
import { renewHolds } from '@tandem/cart/domain/hold';
import { type Caller, type Carts, createCarts } from '@tandem/cart/application/carts';
import { eventsForExpiredItem } from '@tandem/cart/messaging/expired';
import { applyProductEvents } from '@tandem/cart/messaging/product-events';
import { cartKey } from '@tandem/cart/store/entity-types';
import { DomainError } from '@tandem/chassis/errors';
import { createMetrics } from '@tandem/chassis/metrics';
import { createProducts, type Products } from '@tandem/product/application/products';
import { live, type Product } from '@tandem/product/domain/product';
import { applyCartEvents } from '@tandem/product/messaging/cart-events';
import { createHoldExpiry } from '@tandem/product/messaging/hold-expiry';
import { createStockHolds } from '@tandem/product/application/stock-holds';
import { productKey } from '@tandem/product/store/entity-types';
import { createTable } from '@tandem/storage/create-table';
import { CARTS, type CartStep, type ProductStep, type Step } from './steps.ts';
import { openMessages, type Transit } from './messages.ts';
import { openLossyStore, type PlantedBug, type Watch } from './lossy-store.ts';

export const START = '2026-02-14T15:00:00.000Z';
export const HOLD_SECONDS = 900;
const CART_DAYS = 1;

/** Options of a history's system. */
export interface SystemOptions {
  readonly bug?: PlantedBug & Transit;
  /** Called with each row that Product stores. */
  readonly watch?: Watch;
}

/**
 * Opens both services, two instances each, on tables in memory and without sockets: a step delivers events, and a step advances
 * the clock.
 */
export async function openHistorySystem(
  inventories: Readonly<Record<string, number>>,
  { bug = {}, watch = () => undefined }: SystemOptions = {},
) {
  const stores = { product: openLossyStore(bug, watch), cart: openLossyStore(bug, () => undefined) };
  let nowMs = Date.parse(START);
  const now = () => new Date(nowMs).toISOString();
  const metrics = createMetrics();
  const tableOf = (service: 'product' | 'cart') => createTable(stores[service].driver, { now: () => nowMs });

  const products = [tableOf('product'), tableOf('product')].map((table) => {
    const stockHolds = createStockHolds({ table, metrics, holdSeconds: HOLD_SECONDS, now });
    return {
      table,
      api: createProducts({ table, now }),
      apply: applyCartEvents({ stockHolds, publishSnapshotPage: fail }),
      // If the store's response is lost, the next sweep expires the hold.
      sweep: createHoldExpiry({
        table,
        stockHolds,
        now,
        log: { error: () => undefined, info: () => undefined },
      }),
    };
  });
  const carts = [tableOf('cart'), tableOf('cart')].map((table) => ({
    table,
    api: createCarts({
      table,
      isCatalogSynchronised: () => true,
      now,
      ttlSeconds: { guest: CART_DAYS * 86_400, user: CART_DAYS * 86_400 },
      reservationWaitMs: 0,
    }),
    apply: applyProductEvents({ table, now }),
  }));
  const messages = openMessages({
    feeds: { product: stores.product.feed, cart: stores.cart.feed },
    appliers: { product: products.map(({ apply }) => apply), cart: carts.map(({ apply }) => apply) },
    eventsForExpiredItem,
    transit: bug,
  });
  const [product = fail(), cart = fail()] = [products[0], carts[0]];
  const { table: productTable } = product;
  const { table: cartTable } = cart;

  const cartIds: string[] = [];
  const cartId = (index: number) => cartIds[index % cartIds.length] ?? 'none';
  const openedAt = new Map<string, number>();
  const guest: Caller = {
    identity: undefined,
    idempotent: undefined,
    knowsSecretOf: () => true,
    openedAt: (id) => openedAt.get(id),
  };
  const changeCart = (api: Carts, step: CartStep): Promise<unknown> => {
    const id = cartId(step.cart);
    switch (step.do) {
      case 'add': {
        const { productId, qty } = step;
        const add = (...[cart, catalog, moment]: Parameters<Parameters<Carts['change']>[2]>) =>
          addItem(cart, requireProduct(catalog, productId), qty, moment);
        return api.change(guest, id, add, productId);
      }
      case 'set': {
        const { productId, qty } = step;
        return api.change(
          guest,
          id,
          (cart, catalog, moment) => setQuantity(cart, productId, catalog, qty, moment),
          productId,
        );
      }
      case 'merge':
        return api.merge(guest, id, cartId(step.from));
      case 'hold':
        return api.change(guest, id, renewHolds);
      case 'checkOut':
        return api.checkOut(guest, id);
      default:
        return api.delete(guest, id);
    }
  };

  const onHandOf = async (id: string) => live(await productTable.get(productKey(id)))?.onHand ?? 0;
  /** Changes of the stock on hand by merchants, in units by product. */
  const stockedUnits: Record<string, number> = {};
  const changeProduct = async (api: Products, step: ProductStep): Promise<void> => {
    const { productId: id } = step;
    const content = { name: id, price: 100, currency: 'EUR' };
    const before = await onHandOf(id);
    try {
      switch (step.do) {
        case 'deliver-units':
          return void (await api.changeStock(undefined, id, { delta: step.delta }, () => true));
        case 'count':
          return void (await api.changeStock(undefined, id, { onHand: step.onHand }, () => true));
        case 'create':
          return void (await api.create(undefined, id, { content, inventory: step.inventory }));
        case 'replace':
          return void (await api.replace(
            id,
            { content: { ...content, price: 200 }, inventory: step.inventory },
            () => true,
          ));
        case 'import':
          return void (await api.import(undefined, id, { ...content, inventory: step.inventory }, step));
        default:
          return void (await api.delete(id, () => true));
      }
    } finally {
      stockedUnits[id] = (stockedUnits[id] ?? 0) + (await onHandOf(id)) - before;
    }
  };

  const execute = async (step: Step): Promise<unknown> => {
    switch (step.do) {
      case 'open': {
        const id = `cart-${cartIds.length}`;
        cartIds.push(id);
        openedAt.set(id, nowMs);
        return cart.api.open(guest, id);
      }
      case 'both':
        return Promise.all(
          step.steps.map((cartStep, i) =>
            changeCart(carts[i]?.api ?? fail(), cartStep).catch(ignoreRejection),
          ),
        );
      case 'wait':
        return (nowMs += step.seconds * 1000);
      case 'expire-carts':
        return stores.cart.removeExpired(nowMs / 1000);
      case 'expire-holds':
        return Promise.all(products.map(({ sweep }) => sweep()));
      case 'lose-response':
        return stores[step.at].loseNextResponse();
      case 'lose-message':
        return messages.loseResponse(step.nth);
      case 'deliver':
        return messages.deliver(step);
      case 'deliver-units':
      case 'count':
      case 'create':
      case 'replace':
      case 'import':
      case 'discard':
        return changeProduct(product.api, step);
      default:
        return changeCart(cart.api, step);
    }
  };

  const run = async (step: Step): Promise<DomainError | undefined> => {
    try {
      await execute(step);
      return undefined;
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    } finally {
      await messages.relay();
    }
  };

  for (const [productId, inventory] of Object.entries(inventories))
    await run({ do: 'create', productId, inventory });
  await messages.drain([0]);
  for (let i = 0; i < CARTS; i++) await run({ do: 'open' });

  return {
    /** Runs a step and relays its events. Resolves to the error of a rejected step. */
    run,
    messages,
    productTable,
    cartIds,
    now,
    stockedUnits,
    product: async (id: string): Promise<Product | undefined> => live(await productTable.get(productKey(id))),
    carts: async (): Promise<Cart[]> =>
      (await Promise.all(cartIds.map(async (id) => cartTable.get(cartKey(id))))).flatMap(
        (cart) => cart ?? [],
      ),
    cartTable,
    [Symbol.dispose]() {
      stores.product.close();
      stores.cart.close();
    },
  };
}

/** Opened system of a history. */
export type HistorySystem = Awaited<ReturnType<typeof openHistorySystem>>;

function fail(): never {
  throw new Error('must not happen');
}

function ignoreRejection(error: unknown): void {
  if (!(error instanceof DomainError)) throw error;
}
