import { createApp } from '@tandem/chassis/http/app';
import { startConsumer } from '@tandem/chassis/messaging/consumer';
import { createService, type Service } from '@tandem/chassis/service';
import type { ServiceDeps } from '@tandem/runtime/define-service';
import { type CartsDeps, createCarts } from './application/carts.ts';
import { createResponseNotifier } from './application/response-notifier.ts';
import { registerCartRoutes } from './http/routes.ts';
import { createCatalogSynchroniser } from './messaging/catalog-sync.ts';
import { applyProductEvents } from './messaging/product-events.ts';

export interface CartDeps extends ServiceDeps<'cart'> {
  readonly ttlSeconds: CartsDeps['ttlSeconds'];
}

/** Creates the Cart service: carts, and a read model of the catalog that is built from Product's events only. */
export async function createCartService(deps: CartDeps): Promise<Service> {
  const { table, queueUrls, logger, ttlSeconds } = deps;
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
  registerCartRoutes(app, carts);

  return createService(app, () => {
    const synchronising = synchroniser.start();
    const consumer = startConsumer({
      ...deps,
      queueUrl: queueUrls['cart-product-updates-queue'],
      apply: applyProductEvents({ table, now, onResponse: (cartId) => notifier.notify(cartId) }),
      ping: () => table.ping(),
    });
    return [
      consumer,
      {
        async stop() {
          synchroniser.stop();
          await synchronising;
        },
      },
    ];
  });
}
