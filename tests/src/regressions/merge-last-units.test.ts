import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mintToken } from '@tandem/local/issuer';
import { atOnce, meanwhile } from '../support/at-once.ts';
import { publisher } from '../support/events.ts';
import { client } from '../support/http.ts';
import { assertStock } from '../support/stock.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';

const productIds = Array.from({ length: 10 }, (_, i) => `last-of-${i}`);
const all = (qty: number) => Object.fromEntries(productIds.map((productId) => [productId, qty]));

/**
 * Carts that want a unit of each product, as long as `other` lasts. They tell Product so themselves: Cart would turn
 * away who wants what it knows to be sold out.
 */
async function hammerDuring(endpoint: string, other: Promise<unknown>): Promise<void> {
  const publish = publisher(endpoint);
  const claimAll = (cartId: string) => {
    const claim = { eventType: 'ProductAddedToCart', cartId, priceAtAdd: 1000, qty: 1, cartVersion: 1 };
    const timestamp = new Date().toISOString();
    return publish(
      'cart-events-topic',
      ...productIds.map((productId) => JSON.stringify({ ...claim, productId, timestamp })),
    );
  };
  await atOnce(3, (hammer) => meanwhile(other, (count) => claimAll(`hammer-${hammer}-${count}`)));
}

test(`decision 012: whoever else wants the last units on ${storeName}, a merge keeps those of the guest`, () =>
  withSystem(async ({ urls }) => {
    const token = await mintToken({ subject: 'shopper', scopes: [] });
    const [guest, user] = [client(urls.gateway), client(urls.gateway, token)];
    await Promise.all(productIds.map((productId) => guest.putProduct(productId, { inventory: 3 })));
    const [guestCart, userCart] = [await guest.openCart(), await user.openCart()];
    await guest.fill(guestCart, all(3));
    await assertStock(urls, all(0));

    const shopping = (async () => ({
      merged: await atOnce(3, () => user.merge(userCart, guestCart)),
      checkout: await user.checkOut(userCart),
    }))();
    await hammerDuring(urls.aws, shopping);
    const { merged, checkout } = await shopping;
    assert.deepEqual(
      merged.map(({ status }) => status),
      [200, 200, 200],
    );
    assert.equal(checkout.status, 200, checkout.text);
    await assertStock(urls, all(0));
  }));
