import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client } from '../support/http.ts';
import { atRest } from '../support/queues.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

test(`300 clients want 100 units on ${storeName}: 100 get one, 200 are told, none is left and none too few`, () =>
  withSystem(async ({ urls }) => {
    const { add, cart, openCart, product, putProduct } = client(urls.gateway);
    await putProduct('rare', { inventory: 100 });
    const carts = await Promise.all(Array.from({ length: 300 }, openCart));
    await until(
      () => add(carts[0] ?? '', 'rare', 1),
      ({ status }) => status === 200,
    );
    const told = await Promise.all(
      carts.slice(1).map(async (cartId) => (await add(cartId, 'rare', 1)).status),
    );
    assert.ok(told.every((status) => status === 200 || status === 409));

    const outcomes = async () => {
      const lines = await Promise.all(carts.map(async (cartId) => (await cart(cartId)).body.items[0]));
      const held = lines.filter((line) => line?.availability === 'available').length;
      return { held, refused: lines.length - held };
    };
    await until(outcomes, ({ held }) => held === 100, { deadlineMs: 30_000, intervalMs: 100 });
    await atRest(urls.aws);
    assert.deepEqual(await outcomes(), { held: 100, refused: 200 });
    assert.equal((await product('rare')).body.inventory, 0);
  }));

test(`200 adds of 20 clients to one cart on ${storeName} are all in it`, () =>
  withSystem(async ({ urls }) => {
    const { add, cart, openCart, putProduct, product } = client(urls.gateway);
    await putProduct('mug', { inventory: 1000 });
    const cartId = await openCart();
    await until(
      () => add(cartId, 'mug', 1),
      ({ status }) => status === 200,
    );
    const clientOf = async () => {
      for (let adds = 0; adds < 10; adds += 1) assert.equal((await add(cartId, 'mug', 1)).status, 200);
    };
    await Promise.all(Array.from({ length: 20 }, clientOf));
    assert.equal((await cart(cartId)).body.items[0]?.qty, 201);
    await until(
      () => product('mug'),
      ({ body }) => body.inventory === 799,
    );
  }));
