import { PurgeQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createCartService } from '@tandem/cart/app';
import { createAuthenticator } from '@tandem/chassis/http/auth';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import type { Service } from '@tandem/chassis/service';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet } from '@tandem/emulators/issuer';
import { queueUrl, REGION, topicArn } from '@tandem/emulators/messaging-config';
import { startEmulator } from '@tandem/emulators/messaging';
import { openClients } from '@tandem/emulators/clients';
import { openContext } from '@tandem/local/system/context';
import { createProductService } from '@tandem/product/app';
import type { Table } from '@tandem/storage/table';
import { recordCalls } from './aws-calls/record.ts';
import { client } from './http.ts';
import { depth } from './queues.ts';
import { openStore } from './store.ts';
import { until } from './until.ts';

const CART_QUEUE = 'cart-product-updates-queue';

/** Opens both services with their tables and relays; each service can be stopped and started again. */
export async function openServices(stack: AsyncDisposableStack) {
  const emulator = await startEmulator({ host: '127.0.0.1', port: 0, directory: undefined });
  stack.defer(async () => emulator.stop());
  const { endpoint } = emulator;
  const aws = { endpoint, region: REGION, credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };
  const sqs = new SQSClient(aws);
  const clients = {
    product: openClients('product', endpoint, recordCalls),
    cart: openClients('cart', endpoint, recordCalls),
  };
  const shared = {
    logger: createLogger({ name: 'test', level: 'silent' }),
    metrics: createMetrics(),
    auth: createAuthenticator({ issuer: LOCAL_ISSUER, audience: LOCAL_AUDIENCE, jwks: await localKeySet() }),
  };
  const contextOf = async (service: 'product' | 'cart') =>
    stack.use(
      openContext({
        ...shared,
        ...clients[service].relay,
        service,
        endpoint,
        store: await openStore(service),
      }),
    );
  const products = await contextOf('product');
  const carts = await contextOf('cart');

  const start = async (service: Service) => {
    const { url } = await service.start({ host: '127.0.0.1', port: 0 });
    let stopped: Promise<void> | undefined;
    const stop = () => (stopped ??= service.stop());
    stack.defer(stop);
    return { ...client(url), stop };
  };
  return {
    /** Purges Cart's queue once it has this number of messages. */
    loseUpdates: async (messages: number) => {
      await until(
        () => depth(endpoint, CART_QUEUE),
        (waiting) => waiting === messages,
      );
      await sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl(endpoint, CART_QUEUE) }));
    },
    startProduct: async () =>
      start(
        await createProductService({
          ...shared,
          ...clients.product.service,
          table: products.table,
          holdSeconds: 900,
          topicArn: topicArn('product-events-topic'),
          queueUrl: queueUrl(endpoint, 'product-cart-events-queue'),
        }),
      ),
    /** Cart's table. */
    cartTable: carts.table,
    /** Another table of Cart, empty, with its relay. */
    openCartTable: async () => (await contextOf('cart')).table,
    startCart: async (table: Table = carts.table) =>
      start(
        await createCartService({
          ...shared,
          ...clients.cart.service,
          table,
          queueUrl: queueUrl(endpoint, CART_QUEUE),
          ttlSeconds: { guest: 1000, user: 1000 },
        }),
      ),
  };
}
