import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mintToken } from '@tandem/emulators/issuer';
import { atOnce } from '../support/at-once.ts';
import { publisher } from '../support/events.ts';
import { client, retryUnavailable } from '../support/http.ts';
import { assertStock } from '../support/stock.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';

const productIds = Array.from({ length: 10 }, (_, i) => `last-of-${i}`);
const all = (qty: number) => Object.fromEntries(productIds.map((productId) => [productId, qty]));

/**
 * Has another cart want a unit of each product. It tells Product so itself: Cart would turn away who wants what it
 * knows to be sold out.
 */
function rival(endpoint: string): (cartId: string) => Promise<void> {
  const publish = publisher(endpoint);
  return (cartId) => {
    const timestamp = new Date().toISOString();
    const claim = {
      eventType: 'ProductAddedToCart',
      cartId,
      priceAtAdd: 1000,
      qty: 1,
      cartVersion: 1,
      timestamp,
    };
    return publish(
      'cart-events-topic',
      ...productIds.map((productId) => JSON.stringify({ ...claim, productId })),
    );
  };
}

test(`decision 012: a merge keeps the guest's last units whatever other carts request, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const token = await mintToken({ subject: 'shopper', scopes: [] });
    const [guest, user] = [client(urls.gateway), client(urls.gateway, token)];
    const claimAll = rival(urls.aws);
    await Promise.all(productIds.map((productId) => guest.putProduct(productId, { inventory: 3 })));
    const [guestCart, userCart] = [await guest.openCart(), await user.openCart()];
    await guest.fill(guestCart, all(3));
    await assertStock(urls, all(0));

    await claimAll('early');
    const [merged] = await Promise.all([
      atOnce(3, () => user.merge(userCart, guestCart)),
      atOnce(8, (position) => claimAll(`rival-${position}`)),
    ]);
    assert.deepEqual(
      merged.map(({ status }) => status),
      [200, 200, 200],
    );
    const checkout = await retryUnavailable(() => user.checkOut(userCart));
    assert.equal(checkout.status, 200, checkout.text);
    await assertStock(urls, all(0));
  }));
