import { createApp } from '@tandem/chassis/http/app';
import { createService, type Service } from '@tandem/chassis/service';
import type { ServiceDeps } from '@tandem/runtime/define-service';
import { cachedTable } from '@tandem/storage/cached';
import { type CartsDeps, createCarts } from './application/carts.ts';
import { createResponseNotifier } from './application/response-notifier.ts';
import { createOrders } from './application/orders.ts';
import { registerOrderRoutes } from './http/order-routes.ts';
import { registerCartRoutes } from './http/routes.ts';
import { createCatalogSynchroniser } from './messaging/catalog-sync.ts';
import { applyProductEvents } from './messaging/product-events.ts';

export interface CartDeps extends ServiceDeps<'cart'> {
  readonly ttlSeconds: CartsDeps['ttlSeconds'];
  /** Time to live of the cache of the catalog's entries, in milliseconds. Default: 0. */
  readonly readCacheMs?: number;
}

/** Largest number of cached entries: the products of the carts that a task shows in a second, in 2 MB. */
const MAX_CACHED_ENTRIES = 5_000;

/** Creates the Cart service: carts, and a read model of the catalog that is built from Product's events only. */
export async function createCartService(deps: CartDeps): Promise<Service> {
  const { queueUrls, logger, ttlSeconds } = deps;
  const table = cachedTable(deps.table, { ttlMs: deps.readCacheMs ?? 0, maxItems: MAX_CACHED_ENTRIES });
  const now = () => new Date().toISOString();
  const synchroniser = createCatalogSynchroniser(table, logger);
  const notifier = createResponseNotifier();
  const carts = createCarts({
    table,
    isCatalogSynchronised: () => synchroniser.isSynchronised(),
    now,
    ttlSeconds,
    notifier,
  });

  const app = await createApp({
    ...deps,
    name: 'Tandem Cart',
    version: '1.0.0',
    description: 'Carts and orders, priced by a read model of the catalog, with stock held by Product',
    health: {
      ready: async () => [
        await table.ping().then(() => ({ name: 'table', ok: true })),
        { name: 'catalog-synchronised', ok: synchroniser.isSynchronised() },
      ],
    },
  });
  registerCartRoutes(app, carts, now);
  registerOrderRoutes(app, createOrders(table));

  return createService(app, {
    consumers: [
      {
        ...deps,
        queueUrl: queueUrls['cart-product-updates-queue'],
        apply: applyProductEvents({ table, now, onResponse: (cartId) => notifier.notify(cartId) }),
        ping: () => table.ping(),
      },
    ],
    startWorkers() {
      const synchronising = synchroniser.start();
      return [
        {
          async stop() {
            synchroniser.stop();
            await synchronising;
          },
        },
      ];
    },
  });
}
