import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publisher } from '../support/events.ts';
import { client } from '../support/http.ts';
import { atRest } from '../support/queues.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const productUpdated =
  '{"eventType":"ProductUpdated","productId":"prod-123","name":"Acme Widget","price":1999,"currency":"USD","inventory":120,"updatedAt":"2026-02-14T15:00:00Z","version":42}';
const productAddedToCart =
  '{"eventType":"ProductAddedToCart","cartId":"cart-abc","userId":"user-123","productId":"prod-123","priceAtAdd":1999,"qty":2,"timestamp":"2026-02-14T15:05:00Z","cartVersion":10}';

test('the sample ProductUpdated, published by anyone, makes its product one that a cart can take', () =>
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

test('the sample ProductAddedToCart lowers the stock by 2, once, however often it is published', () =>
  withSystem(async ({ urls }) => {
    const { putProduct, product } = client(urls.gateway);
    const publish = publisher(urls.aws);
    await putProduct('prod-123', { inventory: 120, currency: 'USD', price: 1999 });
    await publish('cart-events-topic', productAddedToCart);
    await until(
      () => product('prod-123'),
      ({ body }) => body.inventory === 118,
    );
    await Promise.all(Array.from({ length: 25 }, () => publish('cart-events-topic', productAddedToCart)));
    await atRest(urls.aws);
    assert.partialDeepStrictEqual((await product('prod-123')).body, { inventory: 118, version: 2 });
  }));
