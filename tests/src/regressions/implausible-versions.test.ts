import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publicIdOf } from '@tandem/cart/http/cart-ids';
import { publisher } from '../support/events.ts';
import { client, retryUnavailable, firstLine } from '../support/http.ts';
import { depth } from '../support/queues.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const MAX_INTEGER = Number.MAX_SAFE_INTEGER;
/** Maximum versions in events. */
const MAX_PRODUCT_VERSION = 1e12;
const MAX_CART_VERSION = 1e9;

const updated = (productId: string, version: number) =>
  JSON.stringify({
    eventType: 'ProductUpdated',
    productId,
    name: 'Forged',
    price: 1,
    currency: 'EUR',
    inventory: 9,
    updatedAt: new Date().toISOString(),
    version,
  });

test(`core 14: an event with an implausible product version does not block later updates in Cart, on ${storeName}`, () =>
  withSystem(async ({ urls, metrics }) => {
    const { call, cart, fill, openCart, putProduct } = client(urls.gateway);
    const publish = publisher(urls.aws);
    await putProduct('mug', { price: 1000 });
    const cartId = await openCart();
    await fill(cartId, { mug: 1 });

    await publish('product-events-topic', updated('mug', MAX_INTEGER), updated('mug', MAX_PRODUCT_VERSION));
    await until(
      () => metrics.cart.counts(),
      ({ MessagesInvalid = 0, MessagesFailed = 0 }) => MessagesInvalid > 0 && MessagesFailed > 0,
    );
    for (const price of [777, 778]) {
      await call('PATCH', '/products/mug', { body: { price } });
      await until(
        () => cart(cartId),
        ({ body }) => firstLine(body)?.currentPrice === price,
      );
    }
    await until(
      () => depth(urls.aws, 'cart-product-updates-dlq'),
      (messages) => messages >= 1,
    );
  }));

test(`core 14: a snapshot repairs a product that Cart received at an implausible version, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { add, call, cart, openCart, putProduct } = client(urls.gateway);
    const publish = publisher(urls.aws);
    await publish('product-events-topic', updated('mug', MAX_PRODUCT_VERSION));
    const cartId = await openCart();
    const { body: forged } = await until(
      () => add(cartId, 'mug', 1),
      ({ status }) => status === 200,
    );
    assert.equal(firstLine(forged)?.priceAtAdd, 1);
    await putProduct('mug', { price: 1000 });
    assert.equal((await call('POST', '/products/snapshots')).status, 202);
    for (const price of [1000, 1100, 1200]) {
      await until(
        () => cart(cartId),
        ({ body }) => firstLine(body)?.currentPrice === price && firstLine(body)?.name === 'mug',
      );
      await call('PATCH', '/products/mug', { body: { price: price + 100 } });
    }
    await call('DELETE', '/products/mug');
    await until(
      () => cart(cartId),
      ({ body }) => firstLine(body)?.availability === 'unavailable',
    );
    await putProduct('mug', { price: 1500 });
    await until(
      () => cart(cartId),
      ({ body }) => firstLine(body)?.currentPrice === 1500,
    );
  }));

test(`core 14: an event with an implausible cart version holds no units and does not block the cart, on ${storeName}`, () =>
  withSystem(async ({ urls, metrics }) => {
    const { add, checkOut, fill, openCart, product, putProduct, untilHeld } = client(urls.gateway);
    const publish = publisher(urls.aws);
    await putProduct('mug', { inventory: 50 });
    const cartId = await openCart();
    await fill(cartId, { mug: 1 });
    const added = (id: string, cartVersion: number) =>
      JSON.stringify({
        eventType: 'ProductAddedToCart',
        cartId: id,
        userId: null,
        productId: 'mug',
        priceAtAdd: 1,
        qty: 5,
        timestamp: new Date().toISOString(),
        cartVersion,
      });
    const ids = ['foreign', publicIdOf(cartId)];
    await publish(
      'cart-events-topic',
      ...ids.flatMap((id) => [added(id, MAX_INTEGER), added(id, MAX_CART_VERSION)]),
    );
    await until(
      () => metrics.product.counts(),
      ({ MessagesInvalid = 0, MessagesFailed = 0 }) => MessagesInvalid >= 2 && MessagesFailed >= 2,
    );
    await until(
      () => product('mug'),
      ({ body }) => body.held === 1,
    );
    assert.equal((await add(cartId, 'mug', 2)).status, 200);
    await untilHeld(cartId);
    await publish('cart-events-topic', added('foreign', 1));
    await until(
      () => product('mug'),
      ({ body }) => body.held === 8,
    );
    assert.equal((await retryUnavailable(() => checkOut(cartId))).status, 200);
    await until(
      () => product('mug'),
      ({ body }) => body.onHand === 47 && body.held === 5,
    );
  }));
