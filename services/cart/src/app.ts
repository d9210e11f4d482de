import { createApp } from '@tandem/chassis/http/app';
import { startConsumer } from '@tandem/chassis/messaging/consumer';
import { createService, type Service, type ServiceDeps } from '@tandem/chassis/service';
import type { Table } from '@tandem/storage/table';
import { type CartsDeps, createCarts } from './application/carts.ts';
import { createResponseNotifier } from './application/response-notifier.ts';
import { registerCartRoutes } from './http/routes.ts';
import { createCatalogSynchroniser } from './messaging/catalog-sync.ts';
import { applyProductEvents } from './messaging/product-events.ts';

export interface CartDeps extends ServiceDeps {
  readonly table: Table;
  readonly ttlSeconds: CartsDeps['ttlSeconds'];
}

/** The Cart service: carts, and a read model of the catalog that is filled by events alone. */
export async function createCartService(deps: CartDeps): Promise<Service> {
  const {
    table,
    sqs,
    queueUrl,
    auth,
    logger,
    metrics,
    tracer,
    ttlSeconds,
    validateResponses = false,
    limits = {},
  } = deps;
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
    name: 'Tandem Cart',
    version: '1.0.0',
    description: 'Carts and orders, priced by a read model of the catalog, with stock held by Product',
    logger,
    metrics,
    auth,
    tracer,
    limits,
    validateResponses,
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
      sqs,
      queueUrl,
      apply: applyProductEvents({ table, now, onResponse: (cartId) => notifier.notify(cartId) }),
      ping: () => table.ping(),
      log: logger,
      metrics,
      tracer,
      pauseMs: deps.receivePauseMs ?? 0,
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
