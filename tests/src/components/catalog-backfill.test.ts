import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cart } from '@tandem/cart/domain/cart';
import { publicIdOf } from '@tandem/cart/http/cart-ids';
import { cartKey } from '@tandem/cart/store/entity-types';
import { openServices, tableOf } from './services.ts';
import { storeName } from '../support/store.ts';
import { until } from '../support/until.ts';

test(`core 11: while Cart's read model is being rebuilt, an unknown product is not treated as unavailable, on ${storeName}`, async () => {
  await using stack = new AsyncDisposableStack();
  const { openCart, startProduct, startCart, ...first } = await openServices(stack);
  let product = await startProduct();
  await product.putProduct('mug', { name: 'Mug', inventory: 10 });
  let cart = await startCart();
  const [held, unheld] = [await cart.openCart(), await cart.openCart()];
  for (const cartId of [held, unheld]) {
    await cart.fill(cartId, { mug: 2 });
    await cart.untilHeld(cartId);
  }
  await cart.stop();
  await product.stop();

  // The read model is lost, and so is the hold of one of the carts; Product is down.
  const second = await openCart();
  const copyCart = async (cartId: string, change: (cart: Cart) => Cart) => {
    const key = cartKey(publicIdOf(cartId));
    const state = (await tableOf(first.cart).get(key)) ?? assert.fail();
    await tableOf(second).update(key, () => ({ state: change(state), events: [] }));
  };
  await copyCart(held, (state) => state);
  await copyCart(unheld, (state) => ({
    ...state,
    lines: state.lines.map((line) => ({ ...line, heldQty: 0 })),
  }));
  cart = await startCart(second);
  assert.equal((await cart.call('GET', '/ready')).status, 503);
  const headers = { 'idempotency-key': 'key' };
  const checkOut = (cartId: string) => cart.call('POST', `/carts/${cartId}/checkout`, { headers });
  for (const [cartId, hold] of [
    [held, 'held'],
    [unheld, 'none'],
  ] as const) {
    const { body } = await cart.cart(cartId);
    const line = {
      name: 'Mug',
      qty: 2,
      priceAtAdd: 1000,
      priceChanged: false,
      availability: 'available',
      hold,
    };
    assert.partialDeepStrictEqual(body.items, [line]);
    for (const rejected of [await checkOut(cartId), await checkOut(cartId)]) {
      assert.equal(rejected.status, 503, rejected.text);
      assert.ok(Number(rejected.headers.get('retry-after')) > 0);
      assert.equal(rejected.headers.get('idempotent-replayed'), null);
    }
    assert.equal((await cart.add(cartId, 'cup', 1)).status, 503, 'the product may still arrive');
  }

  product = await startProduct();
  await until(
    () => cart.call('GET', '/ready'),
    ({ status }) => status === 200,
  );
  for (const cartId of [held, unheld]) {
    const { status, text, headers: received } = await checkOut(cartId);
    assert.equal(status, 200, text);
    assert.equal(received.get('idempotent-replayed'), null, 'no response was stored under the key');
    assert.equal((await checkOut(cartId)).headers.get('idempotent-replayed'), 'true');
  }
  await until(
    () => product.product('mug'),
    ({ body }) => body.onHand === 6 && body.held === 0,
  );
  assert.equal((await cart.add(await cart.openCart(), 'cup', 1)).status, 404, 'the product does not exist');
});
