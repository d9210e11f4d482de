import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publicIdOf } from '@tandem/cart/http/cart-ids';
import { publisher } from '../support/events.ts';
import { type CartBody, client, retryUnavailable } from '../support/http.ts';
import { depth } from '../support/queues.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const LARGEST = Number.MAX_SAFE_INTEGER;
/** The largest version that an event may carry. */
const LARGEST_OF_PRODUCT = 1e12;
const LARGEST_OF_CART = 1e9;

const lineOf = ({ items: [line] }: CartBody) => line;
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

test(`core 14: an absurd version of a product freezes nothing in Cart, on ${storeName}`, () =>
  withSystem(async ({ urls, metrics }) => {
    const { call, cart, fill, openCart, putProduct } = client(urls.gateway);
    const publish = publisher(urls.aws);
    await putProduct('mug', { price: 1000 });
    const cartId = await openCart();
    await fill(cartId, { mug: 1 });

    await publish('product-events-topic', updated('mug', LARGEST), updated('mug', LARGEST_OF_PRODUCT));
    await until(
      () => metrics.cart.counts(),
      ({ MessagesInvalid = 0, MessagesFailed = 0 }) => MessagesInvalid > 0 && MessagesFailed > 0,
    );
    for (const price of [777, 778]) {
      await call('PATCH', '/products/mug', { body: { price } });
      await until(
        () => cart(cartId),
        ({ body }) => lineOf(body)?.currentPrice === price,
      );
    }
    await until(
      () => depth(urls.aws, 'cart-product-updates-dlq'),
      (messages) => messages >= 1,
    );
  }));

test(`core 14: a product that Cart met at an absurd version is healed by a snapshot, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { add, call, cart, openCart, putProduct } = client(urls.gateway);
    const publish = publisher(urls.aws);
    await publish('product-events-topic', updated('mug', LARGEST_OF_PRODUCT));
    const cartId = await openCart();
    const { body: forged } = await until(
      () => add(cartId, 'mug', 1),
      ({ status }) => status === 200,
    );
    assert.equal(lineOf(forged)?.priceAtAdd, 1);
    await putProduct('mug', { price: 1000 });
    assert.equal((await call('POST', '/products/snapshots')).status, 202);
    for (const price of [1000, 1100, 1200]) {
      await until(
        () => cart(cartId),
        ({ body }) => lineOf(body)?.currentPrice === price && lineOf(body)?.name === 'mug',
      );
      await call('PATCH', '/products/mug', { body: { price: price + 100 } });
    }
    await call('DELETE', '/products/mug');
    await until(
      () => cart(cartId),
      ({ body }) => lineOf(body)?.availability === 'unavailable',
    );
    await putProduct('mug', { price: 1500 });
    await until(
      () => cart(cartId),
      ({ body }) => lineOf(body)?.currentPrice === 1500,
    );
  }));

test(`core 14: an absurd version of a cart holds nothing, and the cart goes on, on ${storeName}`, () =>
  withSystem(async ({ urls, metrics }) => {
    const { add, cart, checkOut, fill, openCart, product, putProduct } = client(urls.gateway);
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
      ...ids.flatMap((id) => [added(id, LARGEST), added(id, LARGEST_OF_CART)]),
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
    await until(
      () => cart(cartId),
      ({ body }) => lineOf(body)?.hold === 'held',
    );
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
