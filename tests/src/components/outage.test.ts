import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServices } from './services.ts';
import { storeName } from '../support/store.ts';
import { until } from '../support/until.ts';

test(`each service works while the other is down, and receives all events afterwards, on ${storeName}`, async () => {
  await using stack = new AsyncDisposableStack();
  const { startProduct, startCart } = await openServices(stack);
  let product = await startProduct();
  await product.putProduct('mug', { inventory: 10 });

  let cart = await startCart();
  const cartId = await cart.openCart();
  await until(
    () => cart.add(cartId, 'mug', 1),
    ({ status }) => status === 200,
  );

  await product.stop();
  assert.equal((await cart.add(cartId, 'mug', 2)).status, 200, 'Cart works without Product');
  assert.equal((await cart.cart(cartId)).body.items[0]?.qty, 3);

  product = await startProduct();
  await until(
    () => product.product('mug'),
    ({ body }) => body.inventory === 7,
  );
  await cart.untilHeld(cartId);

  await cart.stop();
  assert.equal((await product.putProduct('mug', { inventory: 7, price: 2000 })).status, 200);
  assert.equal((await product.putProduct('cup')).status, 201, 'Product works without Cart');

  cart = await startCart();
  await until(
    () => cart.cart(cartId),
    ({ body }) => body.items[0]?.currentPrice === 2000,
  );
  await until(
    () => cart.add(cartId, 'cup', 1),
    ({ status }) => status === 200,
  );
});

test(`a new Cart receives the existing products from a snapshot, page by page, on ${storeName}`, async () => {
  await using stack = new AsyncDisposableStack();
  const { loseUpdates, startProduct, startCart } = await openServices(stack);
  const product = await startProduct();
  const ids = Array.from({ length: 250 }, (_, i) => `p-${i}`);
  await Promise.all(ids.map(async (id) => product.putProduct(id)));
  await loseUpdates(ids.length);
  const cart = await startCart();
  await until(
    () => cart.call('GET', '/ready'),
    ({ status }) => status === 200,
  );
  const cartId = await cart.openCart();
  for (const id of ['p-0', 'p-99', 'p-100', 'p-249']) {
    await until(
      () => cart.add(cartId, id, 1),
      ({ status }) => status === 200,
    );
  }
});
