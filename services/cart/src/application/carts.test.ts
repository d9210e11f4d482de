import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addItem } from '../domain/cart.ts';
import { requireProduct } from '../domain/catalog.ts';
import { addOne, caller, guest, NOW, openStore } from './testing.ts';
import type { Change } from './carts.ts';

test('200 concurrent adds to one cart by two processes are all applied, and each is published once', async (t) => {
  const { first, second, publishedEvents, conflicts } = await openStore(t);
  await first.carts.open(guest, 'cart-abc');
  await Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      (i % 2 ? first : second).carts.change(guest, 'cart-abc', addOne, 'p'),
    ),
  );

  const { items, version, totalAmount } = await first.carts.read(guest, 'cart-abc');
  assert.deepEqual([items[0]?.qty, version, totalAmount], [200, 201, 200 * 1999]);
  assert.ok(conflicts() > 0, 'some writes conflicted');
  assert.deepEqual(
    (await publishedEvents()).map((event) => 'lineQty' in event && event.lineQty),
    Array.from({ length: 200 }, (_, i) => i + 1),
  );
});

test('of concurrent first adds of two processes exactly one opens the cart', async (t) => {
  const { first, second, publishedEvents, conflicts } = await openStore(t);
  for (let round = 1; round <= 20; round++) {
    const cartId = `cart-${round}`;
    await first.carts.open(guest, cartId);
    const adds = [first, second, first, second].map(({ carts }) => carts.change(guest, cartId, addOne, 'p'));
    await Promise.all(adds);
    const marks = (await publishedEvents()).map((event) => 'opensCart' in event && event.opensCart);
    assert.deepEqual(marks, [true, false, false, false]);
  }
  assert.ok(conflicts() > 0, 'some writes conflicted');
});

test('a cart expires a time after its last change, and only its owner has access', async (t) => {
  const { carts } = (await openStore(t)).first;
  const { cart } = await carts.open(caller('user-1'), 'cart-abc');
  assert.equal(Date.parse(cart.expiresAt ?? '') - Date.parse(NOW), 30 * 86_400_000);
  const otherUser = caller('user-2');
  for (const call of [
    () => carts.read(guest, 'cart-abc'),
    () => carts.delete(otherUser, 'cart-abc'),
    () => carts.checkOut(otherUser, 'cart-abc'),
    () => carts.merge(otherUser, 'cart-abc', 'cart-abc'),
    () => carts.change(otherUser, 'cart-abc', () => assert.fail('decided about the cart of another user')),
  ])
    await assert.rejects(call, { kind: 'notFound', code: 'cart-not-found' });
});

test("security 6: the public id of a guest's cart grants no access", async (t) => {
  const { carts } = (await openStore(t)).first;
  await carts.open(guest, 'cart-abc');
  await carts.open(caller('user-1'), 'cart-mine');
  for (const userId of [undefined, 'user-1']) {
    const withoutSecret = caller(userId, { knowsSecretOf: () => false });
    for (const call of [
      () => carts.read(withoutSecret, 'cart-abc'),
      () => carts.change(withoutSecret, 'cart-abc', addOne, 'p'),
      () => carts.merge(withoutSecret, 'cart-mine', 'cart-abc'),
      () => carts.checkOut(withoutSecret, 'cart-abc'),
      () => carts.delete(withoutSecret, 'cart-abc'),
    ])
      await assert.rejects(call, {
        kind: 'notFound',
        code: 'cart-not-found',
        message: 'Cart not found. Check its id.',
      });
  }
});

test('a deleted cart is not found, and an unknown product cannot be added', async (t) => {
  const { carts } = (await openStore(t)).first;
  const { cart } = await carts.open(guest, 'cart-abc');
  assert.equal(Date.parse(cart.expiresAt ?? '') - Date.parse(NOW), 7 * 86_400_000);
  const addUnknown: Change = (cart, catalog, times) => addItem(cart, requireProduct(catalog, 'q'), 1, times);
  await assert.rejects(carts.change(guest, 'cart-abc', addUnknown, 'q'), { code: 'product-not-found' });
  await carts.delete(guest, 'cart-abc');
  await assert.rejects(carts.read(guest, 'cart-abc'), { code: 'cart-not-found' });
  await assert.rejects(carts.delete(guest, 'cart-abc'), { code: 'cart-not-found' });
});

test('core 6: a write or deletion whose precondition fails changes nothing', async (t) => {
  const { first, publishedEvents } = await openStore(t);
  const { carts } = first;
  await carts.open(guest, 'cart-abc');
  const { version } = await carts.change(guest, 'cart-abc', addOne, 'p');
  const callerAt = (version: number) =>
    caller(undefined, { meetsPreconditions: (cart) => cart.version === version });
  await publishedEvents();
  for (const call of [
    () => carts.change(callerAt(1), 'cart-abc', addOne, 'p'),
    () => carts.checkOut(callerAt(1), 'cart-abc'),
    () => carts.delete(callerAt(1), 'cart-abc'),
  ])
    await assert.rejects(call, { kind: 'preconditionFailed', code: 'precondition-failed' });
  assert.deepEqual(await publishedEvents(), []);
  assert.equal((await carts.change(callerAt(version), 'cart-abc', addOne, 'p')).version, version + 1);
});

test('core 14: a retried merge succeeds and changes nothing, even if its source was deleted', async (t) => {
  const { first, publishedEvents } = await openStore(t);
  const { carts } = first;
  for (const id of ['target', 'source']) await carts.open(guest, id);
  await carts.change(guest, 'source', addOne, 'p');
  const merged = await carts.merge(guest, 'target', 'source');
  await carts.delete(guest, 'source');
  await publishedEvents();
  assert.deepEqual(await carts.merge(guest, 'target', 'source'), merged);
  assert.deepEqual(await publishedEvents(), []);
  await assert.rejects(carts.merge(guest, 'target', 'unknown'), { code: 'cart-not-found' });
  await assert.rejects(carts.merge(guest, 'target', 'target'), { code: 'same-cart' });
});

test('an add succeeds even if a hold is stored between the reads of cart and catalog: both are read again', async (t) => {
  const { carts } = (await openStore(t)).first;
  await carts.open(guest, 'cart-abc');
  let attempts = 0;
  const addLast: Change = (cart, catalog, times) => {
    attempts += 1;
    const { inventory } = requireProduct(catalog, 'p');
    return addItem(
      cart,
      { ...requireProduct(catalog, 'p'), inventory: attempts === 1 ? 0 : inventory },
      1,
      times,
    );
  };
  assert.equal((await carts.change(guest, 'cart-abc', addLast, 'p')).items[0]?.qty, 1);
});
