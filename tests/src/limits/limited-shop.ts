import type { TestContext } from 'node:test';
import { readFacts } from '@tandem/bill/files';
import { createCarts } from '@tandem/cart/application/carts';
import { registerCartRoutes } from '@tandem/cart/http/routes';
import { eventsForExpiredItem } from '@tandem/cart/messaging/expired';
import { applyProductEvents } from '@tandem/cart/messaging/product-events';
import { createApp } from '@tandem/chassis/http/app';
import type { App } from '@tandem/chassis/http/types';
import { type Limits, limitVariables } from '@tandem/chassis/limits';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import { createProducts } from '@tandem/product/application/products';
import { createStockHolds } from '@tandem/product/application/stock-holds';
import { registerReads } from '@tandem/product/http/reads';
import { applyCartEvents } from '@tandem/product/messaging/cart-events';
import { cachedTable } from '@tandem/storage/cached';
import { createTable } from '@tandem/storage/create-table';
import { openMessages } from '../histories/messages.ts';
import { openThrottlingStore } from './throttling-store.ts';

const START = Date.parse('2026-02-14T15:00:00.000Z');
/** Tasks of each service in production. */
export const TASKS = 2;
/** Messages that a consumer receives at once. */
const BATCH = 10;
export const PRODUCTS = 400;

/** The rate limit of a task on AWS. */
export const defaultLimits: Limits = {
  unitsPerSecond: limitVariables.RATE_LIMIT.parse(undefined),
  burstSeconds: limitVariables.RATE_LIMIT_BURST_SECONDS.parse(undefined),
};

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly key?: string;
}

export interface Client {
  readonly from: string;
  /** The user; a guest without one. */
  readonly token?: string;
}

/**
 * Product and Cart, two tasks each, on tables with the least capacity of production's presets, in memory and with
 * a virtual clock: `second` lets one pass, and delivers all events.
 */
export async function openLimitedShop(t: TestContext, limits: Limits) {
  t.mock.timers.enable({ apis: ['Date'], now: START });
  const { tables } = readFacts('steady');
  const stores = {
    product: openThrottlingStore('products', tables),
    cart: openThrottlingStore('carts', tables),
  };
  t.after(() => Object.values(stores).forEach(({ close }) => close()));
  const metrics = createMetrics();
  const now = () => new Date().toISOString();
  const tableOf = (service: 'product' | 'cart') => createTable(stores[service].driver, { now: Date.now });

  const openApp = async (register: (app: App) => void, limits: Limits) => {
    const app = await createApp({
      name: 'limited',
      version: '1',
      description: '',
      logger: createLogger({ name: 'limited', level: 'silent' }),
      metrics,
      auth: {
        authenticate: async (name) =>
          name === undefined ? undefined : { subject: name, scopes: new Set<string>() },
      },
      health: { ready: async () => [] },
      limits,
    });
    register(app);
    await app.ready();
    t.after(() => app.close());
    return app;
  };
  const openApps = (register: (app: App) => void, limits: Limits) =>
    Promise.all(Array.from({ length: TASKS }, () => openApp(register, limits)));

  const productTable = tableOf('product');
  const products = createProducts({ table: productTable, now });
  const stockHolds = createStockHolds({ table: productTable, metrics, holdSeconds: 900, now });
  const cartTable = tableOf('cart');
  const carts = createCarts({
    table: cartTable,
    isCatalogSynchronised: () => true,
    now,
    ttlSeconds: { guest: 7 * 86_400, user: 30 * 86_400 },
    reservationWaitMs: 0,
  });
  const messages = openMessages({
    feeds: { product: stores.product.feed, cart: stores.cart.feed },
    appliers: {
      product: [
        applyCartEvents({ stockHolds, publishSnapshotPage: () => Promise.reject(new Error('none')) }),
      ],
      cart: [applyProductEvents({ table: cartTable, now })],
    },
    eventsForExpiredItem,
    transit: {},
  });
  const deliver = async () => {
    await messages.relay();
    while (messages.queued() > 0)
      for (const to of ['product', 'cart'] as const) {
        const batch = Array.from({ length: BATCH }, () => 0);
        await messages.deliver({
          do: 'deliver',
          to,
          messages: batch,
          isRedelivered: false,
          atBothInstances: false,
        });
        await messages.relay();
      }
  };

  const registerCart = (app: App) => registerCartRoutes(app, carts, now);
  const registerProduct = (app: App) =>
    registerReads(app, cachedTable(productTable, { ttlMs: 1_000, maxItems: 2_000 }));
  const limited = {
    cart: await openApps(registerCart, limits),
    product: await openApps(registerProduct, limits),
  };
  const unlimited = { cart: await openApps(registerCart, {}), product: await openApps(registerProduct, {}) };

  const sendTo = async (apps: typeof limited, task: number, client: Client, request: Request) => {
    const service = request.path.startsWith('/products') ? apps.product : apps.cart;
    const response = await service[task % TASKS]?.inject({
      method: request.method,
      url: request.path,
      remoteAddress: client.from,
      headers: {
        ...(client.token && { authorization: client.token }),
        ...(request.key && { 'idempotency-key': request.key }),
      },
      ...(request.body && { payload: request.body }),
    });
    return { status: response?.statusCode ?? 0, body: response?.body ?? '' };
  };

  for (let i = 0; i < PRODUCTS; i++)
    await products.create(undefined, `product-${i}`, {
      content: { name: `Product ${i}`, price: 1_000 + i, currency: 'EUR', category: `category-${i % 5}` },
      inventory: 1_000_000,
    });
  await deliver();

  return {
    deliver,
    /** Sends a request without a limit, to prepare a scenario. */
    prepare: (client: Client, request: Request) => sendTo(unlimited, 0, client, request),
    send: (task: number, client: Client, request: Request) => sendTo(limited, task, client, request),
    start: () => Object.values(stores).forEach(({ start }) => start()),
    async second() {
      t.mock.timers.tick(1_000);
      for (const store of Object.values(stores)) store.advance(1);
      await deliver();
    },
    throttled: () => stores.product.throttled() + stores.cart.throttled(),
    report: () => Object.values(stores).flatMap((store) => store.report()),
  };
}

export type LimitedShop = Awaited<ReturnType<typeof openLimitedShop>>;
