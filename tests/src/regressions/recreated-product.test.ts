import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ApiResponse, type Client, client, retryUnavailable, firstLine } from '../support/http.ts';
import { atRest } from '../support/queues.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const pauses = { 'without pauses': false, 'at rest after each step': true } as const;

/** Orders of steps after a cart holds 5 of 5 units; the product is re-created with 10. */
const orders = {
  'the cart is deleted after the re-creation': ['delete', 'create', 'abandon'],
  'the cart is deleted between deletion and re-creation': ['delete', 'abandon', 'create'],
  'the cart is deleted first': ['abandon', 'delete', 'create'],
  'the cart lowers its line after the re-creation': ['delete', 'create', 'lower', 'abandon'],
} as const;

for (const [name, steps] of Object.entries(orders)) {
  for (const [pause, isSettled] of Object.entries(pauses)) {
    test(`core 9: a re-created product has its new stock, ${pause}, on ${storeName}: ${name}`, () =>
      withSystem(async ({ urls }) => {
        const { call, fill, openCart, product, putProduct, untilHeld } = client(urls.gateway);
        await putProduct('mug', { inventory: 5 });
        const cartId = await openCart();
        await fill(cartId, { mug: 5 });
        await untilHeld(cartId);
        const work = {
          delete: () => call('DELETE', '/products/mug'),
          create: () => putProduct('mug', { inventory: 10 }),
          lower: () => call('PUT', `/carts/${cartId}/items/mug`, { body: { qty: 2 } }),
          abandon: () => call('DELETE', `/carts/${cartId}`),
        };
        for (const step of steps) {
          const { status, text } = await work[step]();
          assert.ok(status < 300 || (step === 'lower' && status === 409), `${step}: ${text}`);
          if (isSettled) await atRest(urls.aws);
        }
        await atRest(urls.aws);
        const { body } = await until(
          () => product('mug'),
          ({ body }) => body.held === 0,
        );
        assert.partialDeepStrictEqual(body, { onHand: 10, held: 0, inventory: 10 });
        const another = await openCart();
        await fill(another, { mug: 10 });
        assert.equal((await retryUnavailable(() => call('POST', `/carts/${another}/checkout`))).status, 200);
        await until(
          () => product('mug'),
          ({ body }) => body.onHand === 0 && body.held === 0,
        );
        await atRest(urls.aws);
        assert.partialDeepStrictEqual((await product('mug')).body, { onHand: 0, held: 0, inventory: 0 });
      }));
  }
}

/** Requests after which the line is held again. */
const requests: Readonly<Record<string, (shop: Client, cartId: string) => Promise<ApiResponse<unknown>>>> = {
  'its hold': ({ call }, cartId) => call('POST', `/carts/${cartId}/hold`),
  'the same quantity': ({ call }, cartId) => call('PUT', `/carts/${cartId}/items/mug`, { body: { qty: 5 } }),
  'the checkout': ({ checkOut }, cartId) => checkOut(cartId),
};

for (const [name, request] of Object.entries(requests))
  test(`core 9: a hold on a deleted product is void; after its re-creation the line is held by ${name}, on ${storeName}`, () =>
    withSystem(async ({ urls }) => {
      const shop = client(urls.gateway);
      const { call, cart, checkOut, fill, openCart, product, putProduct, untilHeld } = shop;
      await putProduct('mug', { inventory: 5 });
      const cartId = await openCart();
      await fill(cartId, { mug: 5 });
      await untilHeld(cartId);
      const { body: before } = await product('mug');
      await call('DELETE', '/products/mug');
      await until(
        () => cart(cartId),
        ({ body }) => firstLine(body)?.availability === 'unavailable',
      );
      await putProduct('mug', { inventory: 7 });
      const { body: shown } = await until(
        () => cart(cartId),
        ({ body }) => firstLine(body)?.availability === 'available',
      );
      assert.partialDeepStrictEqual(firstLine(shown), { qty: 5, hold: 'none', availableQty: 7 });
      const { body: recreated } = await product('mug');
      assert.partialDeepStrictEqual(recreated, { onHand: 7, held: 0, inventory: 7 });
      assert.ok(recreated.version > before.version, 'the version never restarts');
      assert.equal((await retryUnavailable(() => request(shop, cartId))).status, 200);
      if ((await cart(cartId)).body.status === 'open') {
        await untilHeld(cartId);
        assert.partialDeepStrictEqual((await product('mug')).body, { onHand: 7, held: 5, inventory: 2 });
      }
      assert.equal((await retryUnavailable(() => checkOut(cartId))).status, 200);
      await until(
        () => product('mug'),
        ({ body }) => body.onHand === 2 && body.held === 0,
      );
    }));
