import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operator } from '../console/listen.ts';
import { publisher } from '../support/events.ts';
import { type CartBody, client, retryUnavailable } from '../support/http.ts';
import { atRest } from '../support/queues.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const lineOf = ({ items: [line] }: CartBody) => line;

/** A system whose consumers can be paused, with another cart that requests stock behind Cart's back. */
function stageOf({ gateway, aws }: { readonly gateway: string; readonly aws: string }) {
  const shop = client(gateway);
  const { fault } = operator(gateway);
  const publish = publisher(aws);
  let rivals = 0;
  return {
    ...shop,
    set: (cartId: string, productId: string, qty: number) =>
      shop.call<CartBody>('PUT', `/carts/${cartId}/items/${productId}`, { body: { qty } }),
    hold: (cartId: string) => retryUnavailable(() => shop.call<CartBody>('POST', `/carts/${cartId}/hold`)),
    /** Resolves to the cart once Product has responded to its line. */
    responded: (cartId: string) =>
      until(
        async () => (await shop.cart(cartId)).body,
        (body) => lineOf(body)?.hold !== 'pending',
      ),
    /** Does the work while a service does not see what its queue has. */
    whilePaused: async <T>(service: 'product' | 'cart', work: () => Promise<T>): Promise<T> => {
      assert.equal((await fault('consumerPaused', service, true)).status, 204);
      const outcome = await work();
      assert.equal((await fault('consumerPaused', service, false)).status, 204);
      return outcome;
    },
    /** Another cart holds so many units; resolves once Product has seen that. */
    rival: async (productId: string, qty: number): Promise<void> => {
      const { body: before } = await shop.product(productId);
      rivals += 1;
      const event = {
        eventType: 'ProductAddedToCart',
        cartId: `rival-${rivals}`,
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

type Stage = ReturnType<typeof stageOf>;

/** How a shopper asks again for what was rejected. */
const requests: Readonly<Record<string, (stage: Stage, cartId: string) => Promise<unknown>>> = {
  'the same quantity': ({ set }, cartId) => set(cartId, 'mug', 5),
  'POST hold': ({ hold }, cartId) => hold(cartId),
  checkout: ({ checkOut }, cartId) => retryUnavailable(() => checkOut(cartId)),
};

for (const [name, request] of Object.entries(requests)) {
  test(`core 8: a rejected line recovers by ${name} once there is stock again, on ${storeName}`, () =>
    withSystem(async ({ urls }) => {
      const stage = stageOf(urls);
      const { add, call, cart, checkOut, openCart, product, putProduct, responded, rival, whilePaused } =
        stage;
      await putProduct('mug', { inventory: 5 });
      await stage.known('mug');
      const cartId = await openCart();
      await whilePaused('cart', async () => {
        await rival('mug', 5);
        assert.equal((await add(cartId, 'mug', 5)).status, 200, 'by what Cart knows');
        await until(
          () => product('mug'),
          ({ body }) => body.held === 5,
        );
      });
      const rejected = lineOf(await responded(cartId));
      const nothing = { qty: 5, hold: 'none', availability: 'insufficient', availableQty: 0 };
      assert.partialDeepStrictEqual(rejected, nothing);
      assert.equal((await checkOut(cartId)).status, 409);
      assert.equal((await stage.set(cartId, 'mug', 5)).status, 409, 'there are none yet');

      await call('POST', '/products/mug/stock', { body: { delta: 100 } });
      const { body: restocked } = await until(
        () => cart(cartId),
        ({ body }) => lineOf(body)?.availability === 'available',
      );
      assert.partialDeepStrictEqual(lineOf(restocked), { qty: 5, hold: 'none', availableQty: 100 });
      await request(stage, cartId);
      const { body } = await until(
        () => cart(cartId),
        ({ body }) => lineOf(body)?.hold === 'held' || body.status === 'checkedOut',
      );
      assert.equal(body.status, name === 'checkout' ? 'checkedOut' : 'open');
      assert.equal((await retryUnavailable(() => checkOut(cartId))).status, 200);
      await until(
        () => product('mug'),
        ({ body }) => body.onHand === 100 && body.held === 5,
      );
    }));
}

test(`core 1: a rejected increase keeps the held units, and the line shows it until its next change, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { cart, checkOut, fill, openCart, product, putProduct, responded, rival, set, whilePaused } =
      stageOf(urls);
    await putProduct('mug', { inventory: 3 });
    const cartId = await openCart();
    await fill(cartId, { mug: 2 });
    await responded(cartId);
    await whilePaused('cart', async () => {
      await rival('mug', 1);
      assert.equal((await set(cartId, 'mug', 3)).status, 200, 'by what Cart knows');
    });
    const { body } = await until(
      () => cart(cartId),
      ({ body }) => lineOf(body)?.qty === 2,
    );
    const kept = { qty: 2, availability: 'insufficient', availableQty: 2, hold: 'held' };
    assert.partialDeepStrictEqual(lineOf(body), kept);
    await atRest(urls.aws);
    assert.partialDeepStrictEqual((await product('mug')).body, { onHand: 3, held: 3, inventory: 0 });
    assert.equal((await checkOut(cartId)).status, 409, 'the shopper has not seen it');
    const { status, body: agreed } = await set(cartId, 'mug', 2);
    assert.equal(status, 200);
    assert.partialDeepStrictEqual(lineOf(agreed), { qty: 2, availability: 'available', hold: 'held' });
    assert.equal((await checkOut(cartId)).status, 200);
    await until(
      () => product('mug'),
      ({ body }) => body.onHand === 1 && body.held === 1,
    );
  }));

test(`core 8: a decrease of a held line stays held, and is sold while Product is away, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { checkOut, fill, openCart, product, putProduct, responded, set, whilePaused } = stageOf(urls);
    await putProduct('mug', { inventory: 10 });
    const cartId = await openCart();
    await fill(cartId, { mug: 5 });
    await responded(cartId);
    await whilePaused('product', async () => {
      const { status, body } = await set(cartId, 'mug', 3);
      assert.equal(status, 200);
      assert.partialDeepStrictEqual(lineOf(body), { qty: 3, hold: 'held', availability: 'available' });
      assert.equal(lineOf((await set(cartId, 'mug', 3)).body)?.hold, 'held');
      assert.equal((await checkOut(cartId)).status, 200);
    });
    await until(
      () => product('mug'),
      ({ body }) => body.onHand === 7 && body.held === 0,
    );
  }));
