import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PurgeQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createCartService } from '@tandem/cart/app';
import { createAuthenticator } from '@tandem/chassis/http/auth';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import type { Service } from '@tandem/chassis/service';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet } from '@tandem/local/issuer';
import { queueUrl, REGION, topicArn } from '@tandem/local/messaging/config';
import { startEmulator } from '@tandem/local/messaging/emulator';
import { openClients } from '@tandem/local/system/clients';
import { openContext } from '@tandem/local/system/context';
import { createProductService } from '@tandem/product/app';
import { recordCalls } from '../support/aws-calls/record.ts';
import { client } from '../support/http.ts';
import { depth } from '../support/queues.ts';
import { openStore, storeName } from '../support/store.ts';
import { until } from '../support/until.ts';

const CART_QUEUE = 'cart-product-updates-queue';

/** Both services with their tables and relays, each of which can be stopped and started again. */
async function openServices(stack: AsyncDisposableStack) {
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
    /** Loses what waits for Cart, once that is so many messages. */
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
    startCart: async () =>
      start(
        await createCartService({
          ...shared,
          ...clients.cart.service,
          table: carts.table,
          queueUrl: queueUrl(endpoint, CART_QUEUE),
          ttlSeconds: { guest: 1000, user: 1000 },
        }),
      ),
  };
}

test(`each service works while the other is down, and learns of it all afterwards, on ${storeName}`, async () => {
  await using stack = new AsyncDisposableStack();
  const { startProduct, startCart } = await openServices(stack);
  let product = await startProduct();
  await product.putProduct('mug', { inventory: 10 });

  let cart = await startCart();
  const cartId = await cart.openCart();
  await until(
    () => cart.add(cartId, 'mug', 1),
    ({ status }) => status === 200,
  );

  await product.stop();
  assert.equal((await cart.add(cartId, 'mug', 2)).status, 200, 'Cart works without Product');
  assert.equal((await cart.cart(cartId)).body.items[0]?.qty, 3);

  product = await startProduct();
  await until(
    () => product.product('mug'),
    ({ body }) => body.inventory === 7,
  );
  await until(
    () => cart.cart(cartId),
    ({ body }) => body.items[0]?.hold === 'held',
  );

  await cart.stop();
  assert.equal((await product.putProduct('mug', { inventory: 7, price: 2000 })).status, 200);
  assert.equal((await product.putProduct('cup')).status, 201, 'Product works without Cart');

  cart = await startCart();
  await until(
    () => cart.cart(cartId),
    ({ body }) => body.items[0]?.currentPrice === 2000,
  );
  await until(
    () => cart.add(cartId, 'cup', 1),
    ({ status }) => status === 200,
  );
});

test(`a Cart that is new learns of the products there are from a snapshot, page by page, on ${storeName}`, async () => {
  await using stack = new AsyncDisposableStack();
  const { loseUpdates, startProduct, startCart } = await openServices(stack);
  const product = await startProduct();
  const ids = Array.from({ length: 250 }, (_, i) => `p-${i}`);
  await Promise.all(ids.map(async (id) => product.putProduct(id)));
  await loseUpdates(ids.length);
  const cart = await startCart();
  await until(
    () => cart.call('GET', '/ready'),
    ({ status }) => status === 200,
  );
  const cartId = await cart.openCart();
  for (const id of ['p-0', 'p-99', 'p-100', 'p-249']) {
    await until(
      () => cart.add(cartId, id, 1),
      ({ status }) => status === 200,
    );
  }
});
