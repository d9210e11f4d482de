import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addItem } from '../domain/cart.ts';
import { requireProduct } from '../domain/catalog.ts';
import { addOne, caller, guest, NOW, openStore } from './testing.ts';
import type { Change } from './carts.ts';

test('200 concurrent adds to one cart by two processes are all in it, and each is published once', async (t) => {
  const { first, second, published, conflicts } = await openStore(t);
  await first.carts.open(guest, 'cart-abc');
  await Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      (i % 2 ? first : second).carts.change(guest, 'cart-abc', addOne, 'p'),
    ),
  );

  const { items, version, totalAmount } = await first.carts.read(guest, 'cart-abc');
  assert.deepEqual([items[0]?.qty, version, totalAmount], [200, 201, 200 * 1999]);
  assert.ok(conflicts() > 0, 'they met');
  assert.deepEqual(
    (await published()).map((event) => 'lineQty' in event && event.lineQty),
    Array.from({ length: 200 }, (_, i) => i + 1),
  );
});

test("a cart lives for its owner's time after its last change, and is only its owner's", async (t) => {
  const { carts } = (await openStore(t)).first;
  const { cart } = await carts.open(caller('user-1'), 'cart-abc');
  assert.equal(Date.parse(cart.expiresAt ?? '') - Date.parse(NOW), 30 * 86_400_000);
  const stranger = caller('user-2');
  for (const call of [
    () => carts.read(guest, 'cart-abc'),
    () => carts.delete(stranger, 'cart-abc'),
    () => carts.checkOut(stranger, 'cart-abc'),
    () => carts.merge(stranger, 'cart-abc', 'cart-abc'),
    () => carts.change(stranger, 'cart-abc', () => assert.fail('decided about the cart of another user')),
  ])
    await assert.rejects(call, { kind: 'notFound', code: 'cart-not-found' });
});

test("security 6: the public id alone does not give access to a guest's cart", async (t) => {
  const { carts } = (await openStore(t)).first;
  await carts.open(guest, 'cart-abc');
  await carts.open(caller('user-1'), 'cart-mine');
  for (const userId of [undefined, 'user-1']) {
    const other = caller(userId, { knowsSecretOf: () => false });
    for (const call of [
      () => carts.read(other, 'cart-abc'),
      () => carts.change(other, 'cart-abc', addOne, 'p'),
      () => carts.merge(other, 'cart-mine', 'cart-abc'),
      () => carts.checkOut(other, 'cart-abc'),
      () => carts.delete(other, 'cart-abc'),
    ])
      await assert.rejects(call, { kind: 'notFound', code: 'cart-not-found', message: 'Cart not found.' });
  }
});

test('a deleted cart is not found, and a product that is not in the catalog cannot be added', async (t) => {
  const { carts } = (await openStore(t)).first;
  const { cart } = await carts.open(guest, 'cart-abc');
  assert.equal(Date.parse(cart.expiresAt ?? '') - Date.parse(NOW), 7 * 86_400_000);
  const addOther: Change = (cart, catalog, moment) => addItem(cart, requireProduct(catalog, 'q'), 1, moment);
  await assert.rejects(carts.change(guest, 'cart-abc', addOther, 'q'), { code: 'product-not-found' });
  await carts.delete(guest, 'cart-abc');
  await assert.rejects(carts.read(guest, 'cart-abc'), { code: 'cart-not-found' });
  await assert.rejects(carts.delete(guest, 'cart-abc'), { code: 'cart-not-found' });
});

test('core 6: a write whose condition does not hold changes nothing, also a deletion', async (t) => {
  const { first, published } = await openStore(t);
  const { carts } = first;
  await carts.open(guest, 'cart-abc');
  const { version } = await carts.change(guest, 'cart-abc', addOne, 'p');
  const asOf = (version: number) => caller(undefined, { isAllowedOn: (cart) => cart.version === version });
  await published();
  for (const call of [
    () => carts.change(asOf(1), 'cart-abc', addOne, 'p'),
    () => carts.checkOut(asOf(1), 'cart-abc'),
    () => carts.delete(asOf(1), 'cart-abc'),
  ])
    await assert.rejects(call, { kind: 'preconditionFailed', code: 'precondition-failed' });
  assert.deepEqual(await published(), []);
  assert.equal((await carts.change(asOf(version), 'cart-abc', addOne, 'p')).version, version + 1);
});

test('core 14: a merge is repeated after its source was deleted, and the target stays as it is', async (t) => {
  const { first, published } = await openStore(t);
  const { carts } = first;
  for (const id of ['target', 'source']) await carts.open(guest, id);
  await carts.change(guest, 'source', addOne, 'p');
  const merged = await carts.merge(guest, 'target', 'source');
  await carts.delete(guest, 'source');
  await published();
  assert.deepEqual(await carts.merge(guest, 'target', 'source'), merged);
  assert.deepEqual(await published(), []);
  await assert.rejects(carts.merge(guest, 'target', 'unknown'), { code: 'cart-not-found' });
  await assert.rejects(carts.merge(guest, 'target', 'target'), { code: 'same-cart' });
});

test('a hold that is stored between the reads of cart and catalog costs no add: the cart is read again', async (t) => {
  const { carts } = (await openStore(t)).first;
  await carts.open(guest, 'cart-abc');
  let attempts = 0;
  const addLast: Change = (cart, catalog, moment) => {
    attempts += 1;
    const { inventory } = requireProduct(catalog, 'p');
    return addItem(
      cart,
      { ...requireProduct(catalog, 'p'), inventory: attempts === 1 ? 0 : inventory },
      1,
      moment,
    );
  };
  assert.equal((await carts.change(guest, 'cart-abc', addLast, 'p')).items[0]?.qty, 1);
});
