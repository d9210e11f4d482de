import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CartBody, client, retryUnavailable, firstLine } from '../support/http.ts';
import { mapWithLimit } from '../support/concurrency.ts';
import { assertStock } from '../support/stock.ts';
import { storeName } from '../support/store.ts';
import { type TwoCarts, withTwoCarts } from './two-carts.ts';
import { until } from '../support/until.ts';

const CLICKS = 200;
/** Concurrent shoppers. */
const SHOPPERS = 8;
const TRIES = 20;

/** Creates products with this inventory each; resolves to their ids once Cart has them. */
async function createProducts({ urls }: TwoCarts, prefix: string, count: number, inventory: number) {
  const { putProduct, untilKnown } = client(urls.gateway);
  const ids = Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
  await mapWithLimit(ids, 50, (id) => putProduct(id, { inventory }));
  await untilKnown(...ids);
  return ids;
}

test(`core 1: a double click on the last unit, ${CLICKS} times on ${storeName}, gets one 200 and one 409, and keeps the unit`, () =>
  withTwoCarts(async (system) => {
    const ids = await createProducts(system, 'last', CLICKS, 1);
    const [first, second] = system.cartClients;
    const shopper = client(system.urls.gateway);
    const untilResponse = (cartId: string) =>
      until(
        () => shopper.cart(cartId),
        ({ body }) => firstLine(body)?.hold !== 'pending',
        { deadlineMs: 60_000 },
      );

    const carts = await mapWithLimit(ids, SHOPPERS, async (id) => {
      const [cartId, otherCart] = [await first.openCart(), await second.openCart()];
      const clicks = await Promise.all(
        [first, second].map(({ add }) => retryUnavailable(() => add(cartId, id, 1))),
      );
      assert.deepEqual(
        clicks.map(({ status }) => status).toSorted((a, b) => a - b),
        [200, 409],
        id,
      );
      const { body } = await untilResponse(cartId);
      const held = { productId: id, qty: 1, hold: 'held', availability: 'available', availableQty: 1 };
      assert.partialDeepStrictEqual(body.items, [held]);
      // Until the catalog shows the hold another cart may still request the unit, but does not get it.
      const contender = await retryUnavailable(() => second.add(otherCart, id, 1));
      if (contender.status === 200) {
        const { body: rejected } = await untilResponse(otherCart);
        assert.partialDeepStrictEqual(firstLine(rejected), { hold: 'none', availability: 'insufficient' });
      } else assert.equal(contender.status, 409, contender.text);
      return cartId;
    });
    await assertStock(system.urls, Object.fromEntries(ids.map((id) => [id, 0])));
    await mapWithLimit(carts, SHOPPERS, async (cartId) => {
      const { status, text } = await retryUnavailable(() => shopper.checkOut(cartId));
      assert.equal(status, 200, text);
    });
    await assertStock(system.urls, Object.fromEntries(ids.map((id) => [id, 0])));
  }));

test(`interop A3: adding 6 of 10 units twice, without a pause, on ${storeName} gets 200, then 409`, () =>
  withTwoCarts(async (system) => {
    const ids = await createProducts(system, 'ten', TRIES, 10);
    const [first, second] = system.cartClients;
    const { call, untilHeld } = client(system.urls.gateway);
    for (const [i, id] of ids.entries()) {
      const cartId = await first.openCart();
      const added = await retryUnavailable(() => first.add(cartId, id, 6));
      assert.equal(added.status, 200, added.text);
      assert.equal(firstLine(added.body)?.availableQty, 10, 'units are counted once');
      // Half of them at the other instance, and half by a PUT of the resulting quantity.
      const again = i % 2 === 0 ? first : second;
      const more = await retryUnavailable(() =>
        i % 4 < 2
          ? again.add(cartId, id, 6)
          : call<CartBody>('PUT', `/carts/${cartId}/items/${id}`, { body: { qty: 12 } }),
      );
      assert.equal(more.status, 409, more.text);
      assert.partialDeepStrictEqual(more.body, {
        type: 'urn:tandem:problem:insufficient-stock',
        availableQty: 10,
      });
      const { body } = await untilHeld(cartId);
      assert.partialDeepStrictEqual(firstLine(body), { qty: 6, availability: 'available', availableQty: 10 });
    }
    await assertStock(system.urls, Object.fromEntries(ids.map((id) => [id, 4])));
  }));
