import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publisher } from '../support/events.ts';
import { client } from '../support/http.ts';
import { atRest, deadLetterCount } from '../support/queues.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const productUpdated =
  '{"eventType":"ProductUpdated","productId":"prod-123","name":"Acme Widget","price":1999,"currency":"USD","inventory":120,"updatedAt":"2026-02-14T15:00:00Z","version":42}';
const productAddedToCart =
  '{"eventType":"ProductAddedToCart","cartId":"cart-abc","userId":"user-123","productId":"prod-123","priceAtAdd":1999,"qty":2,"timestamp":"2026-02-14T15:05:00Z","cartVersion":10}';

test('the sample ProductUpdated, published by any producer, makes its product available to carts', () =>
  withSystem(async ({ urls }) => {
    const { add, openCart } = client(urls.gateway);
    const publish = publisher(urls.aws);
    await publish('product-events-topic', productUpdated);
    const cartId = await openCart();
    const { body } = await until(
      () => add(cartId, 'prod-123', 2),
      ({ status }) => status === 200,
    );
    assert.partialDeepStrictEqual(body, {
      totalAmount: 3998,
      currency: 'USD',
      items: [
        { productId: 'prod-123', name: 'Acme Widget', qty: 2, priceAtAdd: 1999, availability: 'available' },
      ],
    });
  }));

const addedNow = () => productAddedToCart.replace('2026-02-14T15:05:00Z', new Date().toISOString());

test('the sample ProductAddedToCart holds 2 units once, however often it is published', () =>
  withSystem(async ({ urls }) => {
    const { putProduct, product } = client(urls.gateway);
    const publish = publisher(urls.aws);
    await putProduct('prod-123', { inventory: 120, currency: 'USD', price: 1999 });
    const added = addedNow();
    await publish('cart-events-topic', added);
    await until(
      () => product('prod-123'),
      ({ body }) => body.inventory === 118,
    );
    await Promise.all(Array.from({ length: 25 }, () => publish('cart-events-topic', added)));
    await atRest(urls.aws);
    const stock = { inventory: 118, onHand: 120, held: 2, version: 2 };
    assert.partialDeepStrictEqual((await product('prod-123')).body, stock);
  }));

test('the sample ProductAddedToCart of more than 30 days ago is acknowledged and holds nothing (core 10)', () =>
  withSystem(async ({ urls, metrics }) => {
    const { putProduct, product } = client(urls.gateway);
    const publish = publisher(urls.aws);
    await putProduct('prod-123', { inventory: 120, currency: 'USD', price: 1999 });
    const age = 31 * 24 * 60 * 60 * 1000;
    const old = productAddedToCart.replace('2026-02-14T15:05:00Z', new Date(Date.now() - age).toISOString());
    await publish('cart-events-topic', old);
    await until(
      () => metrics.product.counts()['RequestsBeyondHorizon'],
      (count) => count === 1,
    );
    await atRest(urls.aws);
    assert.equal(await deadLetterCount(urls.aws), 0);
    assert.partialDeepStrictEqual((await product('prod-123')).body, { inventory: 120, held: 0, version: 1 });
  }));

test('an optional field that is null counts as absent, in the events of either topic', () =>
  withSystem(async ({ urls }) => {
    const { add, cart, openCart, product } = client(urls.gateway);
    const publish = publisher(urls.aws);
    const nulls = {
      eventId: null,
      category: null,
      onHand: null,
      held: null,
      maxPerCart: null,
      reserved: null,
    };
    await publish('product-events-topic', JSON.stringify({ ...JSON.parse(productUpdated), ...nulls }));
    const cartId = await openCart();
    const { body } = await until(
      () => add(cartId, 'prod-123', 2),
      ({ status }) => status === 200,
    );
    assert.partialDeepStrictEqual(body.items, [{ productId: 'prod-123', qty: 2, availability: 'available' }]);

    await client(urls.gateway).putProduct('mug', { inventory: 10 });
    const line = { productId: 'mug', userId: null, currency: null, lineQty: null, movedFrom: null };
    await publish('cart-events-topic', JSON.stringify({ ...JSON.parse(addedNow()), ...line, eventId: null }));
    await until(
      () => product('mug'),
      ({ body }) => body.held === 2,
    );
    await atRest(urls.aws);
    assert.equal(await deadLetterCount(urls.aws), 0);
    assert.equal((await cart(cartId)).status, 200);
  }));
