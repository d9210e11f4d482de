import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publicIdOf } from '@tandem/cart/http/cart-ids';
import { concurrently, repeatUntilSettled } from '../support/concurrency.ts';
import { listen } from '../support/events.ts';
import { type CartBody, client, retryUnavailable, firstLine } from '../support/http.ts';
import { atRest } from '../support/queues.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const HOLD_SECONDS = 2;
/** Duration of a hold that a test renews in time. */
const LONGER_SECONDS = 4;
const SHORT_HOLDS = { HOLD_SECONDS: String(HOLD_SECONDS) };
/** The contract allows 60 s from the end of a hold to its expiry; the tests' systems sweep several times per second. */
const EXPIRY = { deadlineMs: (HOLD_SECONDS + 30) * 1000, intervalMs: 50 };
const PRODUCTS = 30;
const UNITS = 999;

const productIds = Array.from({ length: PRODUCTS }, (_, i) => `scarce-${i}`);

test(`core 4, security 1: the units that one anonymous client hoards at full speed are for sale again when their holds expire, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { add, call, cart, checkOut, openCart, putProduct } = client(urls.gateway);
    await Promise.all(productIds.map((id) => putProduct(id, { inventory: UNITS })));
    await atRest(urls.aws);
    const units = async (field: 'inventory' | 'held' | 'onHand') => {
      const path = `/products?ids=${productIds.join(',')}`;
      const { body } = await call<{ items: readonly Record<typeof field, number>[] }>('GET', path);
      return body.items.reduce((sum, product) => sum + product[field], 0);
    };

    const hoard = async () => {
      const endsAt = Date.now() + 3_000;
      await concurrently(4, async (position) => {
        for (let round = position; Date.now() < endsAt; round += 1) {
          const cartId = await openCart();
          for (const id of productIds)
            await add(cartId, productIds[(round + productIds.indexOf(id)) % PRODUCTS] ?? id, UNITS);
        }
      });
    };
    const hoarding = hoard();
    const heldUnits = await repeatUntilSettled(hoarding, () => units('held'));
    await hoarding;
    assert.ok(Math.max(...heldUnits) > UNITS, 'the client holds units');
    await atRest(urls.aws);
    await until(
      () => units('inventory'),
      (available) => available === PRODUCTS * UNITS,
      EXPIRY,
    );
    assert.deepEqual([await units('held'), await units('onHand')], [0, PRODUCTS * UNITS]);

    const shopper = await openCart();
    await until(
      () => add(shopper, productIds[0] ?? '', 1),
      ({ status }) => status === 200,
    );
    assert.equal((await retryUnavailable(() => checkOut(shopper))).status, 200);
    assert.equal((await cart(shopper)).body.status, 'checkedOut');
  }, SHORT_HOLDS));

test(`core 4: a hold that expires leaves the line, is published, and is requested again by a checkout, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { cart, checkOut, fill, openCart, product, putProduct, untilHeld } = client(urls.gateway);
    using listener = await listen(urls.aws, 'product-events-topic');
    await putProduct('mug', { inventory: 10 });
    const cartId = await openCart();
    await fill(cartId, { mug: 4 });
    const { body: held } = await untilHeld(cartId);
    const heldUntil = Date.parse(firstLine(held)?.heldUntil ?? '');
    assert.ok(heldUntil <= Date.now() + HOLD_SECONDS * 1000 && heldUntil > Date.parse(held.updatedAt));

    await until(
      () => cart(cartId),
      ({ body }) => firstLine(body)?.hold === 'none',
      EXPIRY,
    );
    assert.ok(Date.now() >= heldUntil, 'not before its time');
    // The product's new stock is an event of its own, which may arrive later than the expiry.
    const { body: expired } = await until(
      () => cart(cartId),
      ({ body }) => firstLine(body)?.availableQty === 10,
    );
    const available = { qty: 4, hold: 'none', availability: 'available', priceChanged: false };
    assert.partialDeepStrictEqual(firstLine(expired), available);
    assert.ok(!('heldUntil' in (firstLine(expired) ?? {})));
    assert.partialDeepStrictEqual((await product('mug')).body, { onHand: 10, held: 0, inventory: 10 });
    const [event, ...more] = await listener.untilType('InventoryReservationExpired');
    assert.deepEqual(more, []);
    assert.partialDeepStrictEqual(event, {
      cartId: publicIdOf(cartId),
      productId: 'mug',
      qty: 4,
      cartVersion: 2,
    });

    const sold = await retryUnavailable(() => checkOut(cartId));
    assert.equal(sold.status, 200, sold.text);
    await until(
      () => product('mug'),
      ({ body }) => body.onHand === 6 && body.held === 0,
    );
  }, SHORT_HOLDS));

test(`core 4: a line whose hold expired shows the available stock, and is held again if there is enough, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { call, cart, checkOut, fill, openCart, putProduct, untilHeld } = client(urls.gateway);
    await putProduct('mug', { inventory: 4 });
    const [first, second] = [await openCart(), await openCart()];
    await fill(first, { mug: 4 });
    const hold = (cartId: string) => retryUnavailable(() => call<CartBody>('POST', `/carts/${cartId}/hold`));
    await until(
      () => cart(first),
      ({ body }) => firstLine(body)?.hold === 'none',
      EXPIRY,
    );
    await fill(second, { mug: 3 });
    assert.equal((await retryUnavailable(() => checkOut(second))).status, 200);
    const { body: shown } = await until(
      () => cart(first),
      ({ body }) => firstLine(body)?.availability === 'insufficient',
    );
    assert.partialDeepStrictEqual(firstLine(shown), { qty: 4, hold: 'none', availableQty: 1 });
    assert.equal((await checkOut(first)).status, 409);
    await call('POST', '/products/mug/stock', { body: { delta: 3 } });
    await until(
      () => cart(first),
      ({ body }) => firstLine(body)?.availability === 'available',
    );
    assert.equal((await hold(first)).status, 200);
    await untilHeld(first);
  }, SHORT_HOLDS));

test(`core 4: POST hold renews the hold of each line, on ${storeName}`, () =>
  withSystem(
    async ({ urls }) => {
      const { call, cart, fill, openCart, product, putProduct } = client(urls.gateway);
      using listener = await listen(urls.aws, 'product-events-topic');
      await Promise.all(['mug', 'cup'].map((id) => putProduct(id, { inventory: 5 })));
      const cartId = await openCart();
      await fill(cartId, { mug: 5, cup: 2 });
      const isHeld = ({ items }: CartBody) => items.every(({ hold }) => hold === 'held');
      const heldUntilOf = ({ items }: CartBody) => items.map((line) => line.heldUntil ?? '');
      let { body: shown } = await until(
        () => cart(cartId),
        ({ body }) => isHeld(body),
      );
      const endsAt = Date.now() + 2 * LONGER_SECONDS * 1000;
      while (Date.now() < endsAt) {
        const before = heldUntilOf(shown);
        const { status, text } = await retryUnavailable(() =>
          call<CartBody>('POST', `/carts/${cartId}/hold`),
        );
        assert.equal(status, 200, text);
        ({ body: shown } = await until(
          () => cart(cartId),
          ({ body }) => isHeld(body) && heldUntilOf(body).every((end, i) => end > (before[i] ?? '')),
        ));
        assert.equal((await product('mug')).body.inventory, 0);
      }
      assert.deepEqual(await listener.untilType('InventoryReservationExpired', () => true), []);
    },
    { HOLD_SECONDS: String(LONGER_SECONDS) },
  ));

test(`core 4: maxPerCart limits the units of a product in one cart, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { add, call, fill, openCart, product, putProduct } = client(urls.gateway);
    await putProduct('mug', { maxPerCart: 3 });
    const cartId = await openCart();
    await fill(cartId, { mug: 2 });
    const set = (qty: number) => call('PUT', `/carts/${cartId}/items/mug`, { body: { qty } });
    for (const response of [await add(cartId, 'mug', 2), await set(4)]) {
      assert.equal(response.status, 409, response.text);
      assert.partialDeepStrictEqual(response.body, { type: 'urn:tandem:problem:quantity-limit', limit: 3 });
    }
    assert.equal((await set(3)).status, 200);
    const { body } = await product('mug');
    assert.equal(body.maxPerCart, 3);
    await call('PATCH', '/products/mug', { body: { maxPerCart: null } });
    await until(
      async () => (await set(4)).status,
      (status) => status === 200,
    );
  }));
