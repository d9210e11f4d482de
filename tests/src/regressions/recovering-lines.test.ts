import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operator } from '../console/listen.ts';
import { publisher } from '../support/events.ts';
import { type CartBody, client, retryUnavailable, firstLine } from '../support/http.ts';
import { atRest } from '../support/queues.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

/** Creates a client that can pause consumers, and reserve stock for other carts without Cart's knowledge. */
function shopper({ gateway, aws }: { readonly gateway: string; readonly aws: string }) {
  const shop = client(gateway);
  const { fault } = operator(gateway);
  const publish = publisher(aws);
  let otherCarts = 0;
  return {
    ...shop,
    set: (cartId: string, productId: string, qty: number) =>
      shop.call<CartBody>('PUT', `/carts/${cartId}/items/${productId}`, { body: { qty } }),
    hold: (cartId: string) => retryUnavailable(() => shop.call<CartBody>('POST', `/carts/${cartId}/hold`)),
    /** Resolves to the cart once Product has responded to its line. */
    untilResponse: (cartId: string) =>
      until(
        async () => (await shop.cart(cartId)).body,
        (body) => firstLine(body)?.hold !== 'pending',
      ),
    /** Runs work while a service consumes no messages. */
    whilePaused: async <T>(service: 'product' | 'cart', work: () => Promise<T>): Promise<T> => {
      assert.equal((await fault('consumerPaused', service, true)).status, 204);
      const outcome = await work();
      assert.equal((await fault('consumerPaused', service, false)).status, 204);
      return outcome;
    },
    /** Reserves units for another cart; resolves once Product holds them. */
    reserveElsewhere: async (productId: string, qty: number): Promise<void> => {
      const { body: before } = await shop.product(productId);
      otherCarts += 1;
      const event = {
        eventType: 'ProductAddedToCart',
        cartId: `other-${otherCarts}`,
        userId: null,
        productId,
        priceAtAdd: 1000,
        qty,
        timestamp: new Date().toISOString(),
        cartVersion: 1,
      };
      await publish('cart-events-topic', JSON.stringify(event));
      await until(
        () => shop.product(productId),
        ({ body }) => body.held === before.held + qty,
      );
    },
  };
}

type Shopper = ReturnType<typeof shopper>;

/** Requests that reserve a rejected line again. */
const requests: Readonly<Record<string, (shopper: Shopper, cartId: string) => Promise<unknown>>> = {
  'the same quantity': ({ set }, cartId) => set(cartId, 'mug', 5),
  'POST hold': ({ hold }, cartId) => hold(cartId),
  checkout: ({ checkOut }, cartId) => retryUnavailable(() => checkOut(cartId)),
};

for (const [name, request] of Object.entries(requests)) {
  test(`core 8: ${name} reserves a rejected line once there is stock again, on ${storeName}`, () =>
    withSystem(async ({ urls }) => {
      const api = shopper(urls);
      const {
        add,
        call,
        cart,
        checkOut,
        openCart,
        product,
        putProduct,
        untilResponse,
        reserveElsewhere,
        whilePaused,
      } = api;
      await putProduct('mug', { inventory: 5 });
      await api.untilKnown('mug');
      const cartId = await openCart();
      await whilePaused('cart', async () => {
        await reserveElsewhere('mug', 5);
        assert.equal((await add(cartId, 'mug', 5)).status, 200, 'Cart has not received the hold');
        await until(
          () => product('mug'),
          ({ body }) => body.held === 5,
        );
      });
      const rejected = firstLine(await untilResponse(cartId));
      const nothing = { qty: 5, hold: 'none', availability: 'insufficient', availableQty: 0 };
      assert.partialDeepStrictEqual(rejected, nothing);
      assert.equal((await checkOut(cartId)).status, 409);
      assert.equal((await api.set(cartId, 'mug', 5)).status, 409, 'there are none yet');

      await call('POST', '/products/mug/stock', { body: { delta: 100 } });
      const { body: restocked } = await until(
        () => cart(cartId),
        ({ body }) => firstLine(body)?.availability === 'available',
      );
      assert.partialDeepStrictEqual(firstLine(restocked), { qty: 5, hold: 'none', availableQty: 100 });
      await request(api, cartId);
      const { body } = await until(
        () => cart(cartId),
        ({ body }) => firstLine(body)?.hold === 'held' || body.status === 'checkedOut',
      );
      assert.equal(body.status, name === 'checkout' ? 'checkedOut' : 'open');
      assert.equal((await retryUnavailable(() => checkOut(cartId))).status, 200);
      await until(
        () => product('mug'),
        ({ body }) => body.onHand === 100 && body.held === 5,
      );
    }));
}

test(`core 1: a rejected increase keeps the held units, and the line is insufficient until its next change, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const {
      cart,
      checkOut,
      fill,
      openCart,
      product,
      putProduct,
      untilResponse,
      reserveElsewhere,
      set,
      whilePaused,
    } = shopper(urls);
    await putProduct('mug', { inventory: 3 });
    const cartId = await openCart();
    await fill(cartId, { mug: 2 });
    await untilResponse(cartId);
    await whilePaused('cart', async () => {
      await reserveElsewhere('mug', 1);
      assert.equal((await set(cartId, 'mug', 3)).status, 200, 'Cart has not received the hold');
    });
    const { body } = await until(
      () => cart(cartId),
      ({ body }) => firstLine(body)?.qty === 2,
    );
    const reduced = { qty: 2, availability: 'insufficient', availableQty: 2, hold: 'held' };
    assert.partialDeepStrictEqual(firstLine(body), reduced);
    await atRest(urls.aws);
    assert.partialDeepStrictEqual((await product('mug')).body, { onHand: 3, held: 3, inventory: 0 });
    assert.equal((await checkOut(cartId)).status, 409, 'the shopper has not seen it');
    const { status, body: agreed } = await set(cartId, 'mug', 2);
    assert.equal(status, 200);
    assert.partialDeepStrictEqual(firstLine(agreed), { qty: 2, availability: 'available', hold: 'held' });
    assert.equal((await checkOut(cartId)).status, 200);
    await until(
      () => product('mug'),
      ({ body }) => body.onHand === 1 && body.held === 1,
    );
  }));

test(`core 8: a held line stays held when its quantity decreases, and can be checked out while Product is down, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { checkOut, fill, openCart, product, putProduct, untilResponse, set, whilePaused } = shopper(urls);
    await putProduct('mug', { inventory: 10 });
    const cartId = await openCart();
    await fill(cartId, { mug: 5 });
    await untilResponse(cartId);
    await whilePaused('product', async () => {
      const { status, body } = await set(cartId, 'mug', 3);
      assert.equal(status, 200);
      assert.partialDeepStrictEqual(firstLine(body), { qty: 3, hold: 'held', availability: 'available' });
      assert.equal(firstLine((await set(cartId, 'mug', 3)).body)?.hold, 'held');
      assert.equal((await checkOut(cartId)).status, 200);
    });
    await until(
      () => product('mug'),
      ({ body }) => body.onHand === 7 && body.held === 0,
    );
  }));
