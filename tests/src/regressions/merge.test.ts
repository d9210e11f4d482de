import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mintToken } from '@tandem/emulators/issuer';
import { concurrently } from '../support/concurrency.ts';
import { type CartBody, client, retryUnavailable } from '../support/http.ts';
import { assertStock } from '../support/stock.ts';
import { storeName } from '../support/store.ts';
import { type TwoCarts, withTwoCarts } from './two-carts.ts';

const LOGINS = 20;
const STOCK = 100;
type Quantities = Readonly<Record<string, number>>;

const productIds = Array.from({ length: 65 }, (_, i) => `product-${i}`);
const guestLines = Object.fromEntries(productIds.map((id, i) => [id, 1 + (i % 3)]));
const userLines = Object.fromEntries(productIds.slice(50).map((id) => [id, 2]));
const bothLines = sum([guestLines, userLines]);
const leftOver = Object.fromEntries(productIds.map((id) => [id, STOCK - (bothLines[id] ?? 0)]));

function sum(parts: readonly Quantities[]): Quantities {
  const total: Record<string, number> = {};
  for (const [id, qty] of parts.flatMap((part) => Object.entries(part))) total[id] = (total[id] ?? 0) + qty;
  return total;
}

function quantitiesOf({ items }: CartBody): Quantities {
  return Object.fromEntries(items.map(({ productId, qty }) => [productId, qty]));
}

/** Creates clients of a user, one for each login with its own token, spread over Cart's instances. */
async function logIns({ cartUrls }: TwoCarts) {
  const tokens = await concurrently(LOGINS, () => mintToken({ subject: 'shopper', scopes: [] }));
  return tokens.map((token, i) => client(cartUrls[i % 2 === 0 ? 0 : 1], token));
}

/** Creates the products, and fills a guest's cart with them. */
async function fillGuestCart({ urls }: TwoCarts): Promise<string> {
  const { fill, openCart, putProduct } = client(urls.gateway);
  await Promise.all(productIds.map((id) => putProduct(id, { inventory: STOCK })));
  const guestCart = await openCart();
  await fill(guestCart, guestLines);
  return guestCart;
}

test(`vendure#4481: 20 concurrent merges of a cart with 65 lines on ${storeName} lose no unit and count none twice`, () =>
  withTwoCarts(async (system) => {
    const guestCart = await fillGuestCart(system);
    const logins = await logIns(system);
    const [{ cart, checkOut, fill, openCart } = assert.fail()] = logins;
    const userCart = await openCart();
    await fill(userCart, userLines);

    const merged = await Promise.all(
      logins.map(({ merge }) => retryUnavailable(() => merge(userCart, guestCart))),
    );
    for (const { status, body, text } of merged) {
      assert.equal(status, 200, text);
      assert.deepEqual(quantitiesOf(body), bothLines);
    }
    assert.deepEqual(quantitiesOf((await cart(userCart)).body), bothLines);
    assert.partialDeepStrictEqual((await cart(guestCart)).body, { status: 'merged', items: [] });
    await assertStock(system.urls, leftOver);

    const { status, body, text } = await retryUnavailable(() => checkOut(userCart));
    assert.equal(status, 200, text);
    assert.deepEqual(quantitiesOf(body), bothLines);
    await assertStock(system.urls, leftOver);
  }));

test(`vendure#4481: of 20 logins that merge the guest's cart into different carts on ${storeName}, one gets its lines`, () =>
  withTwoCarts(async (system) => {
    const guestCart = await fillGuestCart(system);
    const logins = await logIns(system);
    const [{ call, checkOut } = assert.fail()] = logins;
    const merged = await Promise.all(
      logins.map(async ({ merge, openCart }) => {
        const cartId = await openCart();
        return retryUnavailable(() => merge(cartId, guestCart));
      }),
    );
    const [winner, ...others] = merged.filter(({ status }) => status === 200);
    assert.ok(winner && others.length === 0);
    for (const { status, body } of merged.filter((response) => response !== winner)) {
      assert.equal(status, 409);
      assert.equal((body as { type?: unknown }).type, 'urn:tandem:problem:cart-closed');
    }

    const mine = await call<{ items: readonly CartBody[] }>('GET', '/carts?mine=true');
    assert.equal(mine.body.items.length, LOGINS);
    assert.deepEqual(sum(mine.body.items.map(quantitiesOf)), guestLines);
    const remaining = Object.fromEntries(productIds.map((id) => [id, STOCK - (guestLines[id] ?? 0)]));
    await assertStock(system.urls, remaining);
    assert.equal((await retryUnavailable(() => checkOut(winner.body.cartId))).status, 200);
    await assertStock(system.urls, remaining);
  }));

test(`aws-serverless-shopping-cart's double merge: a merge that is repeated at any time on ${storeName} adds its lines once`, () =>
  withTwoCarts(async (system) => {
    const [user = assert.fail()] = await logIns(system);
    const guest = client(system.urls.gateway);
    await guest.putProduct('mug', { inventory: 10 });
    const [guestCart, userCart] = [await guest.openCart(), await user.openCart()];
    await guest.fill(guestCart, { mug: 3 });
    await user.fill(userCart, { mug: 1 });
    const mergeAgain = async () => {
      const { status, body, text } = await user.merge(userCart, guestCart);
      assert.equal(status, 200, text);
      return body;
    };

    assert.deepEqual(quantitiesOf(await mergeAgain()), { mug: 4 });
    assert.deepEqual(quantitiesOf(await mergeAgain()), { mug: 4 });
    await assertStock(system.urls, { mug: 6 });

    await user.call('PUT', `/carts/${userCart}/items/mug`, { body: { qty: 2 } });
    assert.deepEqual(quantitiesOf(await mergeAgain()), { mug: 2 });
    await assertStock(system.urls, { mug: 8 });

    const { body: sold } = await retryUnavailable(() => user.checkOut(userCart));
    assert.equal(sold.status, 'checkedOut');
    assert.deepEqual(await mergeAgain(), sold);
    await assertStock(system.urls, { mug: 8 });
  }));
