import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concurrently } from '../support/concurrency.ts';
import { publisher } from '../support/events.ts';
import { client, retryUnavailable, userClient } from '../support/http.ts';
import { assertStock } from '../support/stock.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';

const productIds = Array.from({ length: 10 }, (_, i) => `last-of-${i}`);
const all = (qty: number) => Object.fromEntries(productIds.map((productId) => [productId, qty]));

/**
 * Creates a function that requests a unit of each product for another cart. It publishes the request itself, because Cart
 * rejects requests for products that are sold out.
 */
function otherCarts(endpoint: string): (cartId: string) => Promise<void> {
  const publish = publisher(endpoint);
  return (cartId) => {
    const timestamp = new Date().toISOString();
    const request = {
      eventType: 'ProductAddedToCart',
      cartId,
      priceAtAdd: 1000,
      qty: 1,
      cartVersion: 1,
      timestamp,
    };
    return publish(
      'cart-events-topic',
      ...productIds.map((productId) => JSON.stringify({ ...request, productId })),
    );
  };
}

test(`decision 012: a merge keeps the guest's last units whatever other carts request, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const [guest, user] = [client(urls.gateway), await userClient(urls.gateway, 'shopper')];
    const requestAll = otherCarts(urls.aws);
    await Promise.all(productIds.map((productId) => guest.putProduct(productId, { inventory: 3 })));
    const [guestCart, userCart] = [await guest.openCart(), await user.openCart()];
    await guest.fill(guestCart, all(3));
    await assertStock(urls, all(0));

    await requestAll('early');
    const [merged] = await Promise.all([
      concurrently(3, () => user.merge(userCart, guestCart)),
      concurrently(8, (position) => requestAll(`other-${position}`)),
    ]);
    assert.deepEqual(
      merged.map(({ status }) => status),
      [200, 200, 200],
    );
    const checkout = await retryUnavailable(() => user.checkOut(userCart));
    assert.equal(checkout.status, 200, checkout.text);
    await assertStock(urls, all(0));
  }));
