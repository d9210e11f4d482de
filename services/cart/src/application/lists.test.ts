import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CartView } from '../domain/view.ts';
import type { Change } from './carts.ts';
import { addItem, type Cart, type CartDecision } from '../domain/cart.ts';
import { requireProduct } from '../domain/catalog.ts';
import { product } from '../domain/testing.ts';
import { cartKey, catalogKey } from '../store/entity-types.ts';
import { addOne, caller, confirmationOf, NOW, openStore } from './testing.ts';

const user = caller('user-1');
const { identity } = user;
const idsOf = ({ items }: { items: readonly CartView[] }) => items.map(({ cartId }) => cartId);
const minute = (nth: number) => new Date(Date.parse(NOW) + nth * 60_000).toISOString();

test('core 14: open carts are listed page by page, the most recently changed first', async (t) => {
  const { first, clock } = await openStore(t);
  const { carts } = first;
  for (const [nth, id] of ['c', 'a', 'b', 'd'].entries()) {
    clock.now = minute(nth);
    await carts.open(user, id);
  }
  await carts.open(caller('user-2'), 'theirs');
  clock.now = minute(9);
  await carts.change(user, 'a', addOne, 'p');
  const list = await carts.list(identity, { limit: 20 });
  assert.deepEqual([idsOf(list), list.cursor], [['a', 'd', 'b', 'c'], undefined]);
  assert.equal(list.items[0]?.items[0]?.currentPrice, 1999);

  const page = await carts.list(identity, { limit: 3 });
  assert.deepEqual(idsOf(page), ['a', 'd', 'b']);
  const rest = await carts.list(identity, { limit: 3, cursor: page.cursor ?? '' });
  assert.deepEqual([idsOf(rest), rest.cursor], [['c'], undefined]);
  for (const cursor of ['x', Buffer.from('[1]').toString('base64url'), `${page.cursor}x`])
    await assert.rejects(carts.list(identity, { limit: 3, cursor }), {
      kind: 'invalid',
      code: 'invalid-cursor',
    });
});

test('core 5: orders are listed, the newest first; they do not expire and cannot be deleted', async (t) => {
  const { first, clock } = await openStore(t);
  const { carts } = first;
  for (const [nth, id] of ['b', 'c', 'a'].entries()) {
    clock.now = minute(nth);
    await carts.open(user, id);
    await carts.change(user, id, addOne, 'p');
    await first.apply([confirmationOf(id, 2)]);
    await carts.checkOut(user, id);
  }
  clock.now = '2036-02-14T15:00:00.000Z';
  await carts.open(user, 'open');
  assert.deepEqual(idsOf(await carts.list(identity, { limit: 9 })), ['open']);
  const page = await carts.list(identity, { status: 'checkedOut', limit: 2 });
  assert.deepEqual(idsOf(page), ['a', 'c']);
  const rest = await carts.list(identity, { status: 'checkedOut', limit: 2, cursor: page.cursor ?? '' });
  assert.deepEqual([idsOf(rest), rest.cursor], [['b'], undefined]);
  const [order] = rest.items;
  assert.deepEqual([order?.checkedOutAt, order?.expiresAt], [minute(0), undefined]);
  await assert.rejects(carts.delete(user, 'b'), { kind: 'conflict', code: 'cart-closed' });
  assert.deepEqual(await carts.read(user, 'b'), order);
});

test('a user id that resembles an index partition lists no carts of another user', async (t) => {
  const { carts } = (await openStore(t)).first;
  for (const id of ['user-1', 'orders/user-1', 'open/user-1', '/user-1'])
    await carts.open(caller(id), `cart-${id}`);
  for (const id of ['user-1', 'orders/user-1', 'open/user-1', '/user-1']) {
    assert.deepEqual(idsOf(await carts.list({ subject: id }, { limit: 9 })), [`cart-${id}`]);
    assert.deepEqual(idsOf(await carts.list({ subject: id }, { limit: 9, status: 'checkedOut' })), []);
  }
  assert.deepEqual(await carts.list(undefined, { limit: 9 }), { items: [], cartsRead: 0 });
});

test('security 2: a page has at most 200 lines, but at least one cart; its cursor continues', async (t) => {
  const { first, clock } = await openStore(t);
  const { carts, table } = first;
  const ids = Array.from({ length: 100 }, (_, i) => `product-${i}`);
  for (const id of ids) await table.putIfNewer(catalogKey(id), product(id));
  const fill: Change = (cart, { entries }, times) =>
    ids.reduce<CartDecision>(
      ({ state }, id) => addItem(state, requireProduct({ entries, isSynchronised: true }, id), 1, times),
      { state: cart, events: [] },
    );
  for (let nth = 0; nth < 5; nth++) {
    clock.now = minute(nth);
    await carts.open(user, `cart-${nth}`);
    if (nth !== 2) await carts.change(user, `cart-${nth}`, fill, ...ids);
  }
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await carts.list(identity, { limit: 20, ...(cursor && { cursor }) });
    assert.ok(page.items.reduce((lines, { items }) => lines + items.length, 0) <= 200);
    pages.push(idsOf(page));
    ({ cursor } = page);
  } while (cursor);
  assert.deepEqual(pages, [
    ['cart-4', 'cart-3', 'cart-2'],
    ['cart-1', 'cart-0'],
  ]);

  const { items } = await carts.list(identity, { limit: 1 });
  assert.equal(items[0]?.items.length, 100);
  for (let nth = 0; nth < 5; nth++) {
    const order = (await table.get(cartKey('cart-4'))) as Cart;
    const checkedOutAt = minute(nth);
    await table.putIfNewer(cartKey(`order-${nth}`), {
      ...order,
      cartId: `order-${nth}`,
      status: 'checkedOut',
      checkedOutAt,
    });
  }
  const orders = await carts.list(identity, { status: 'checkedOut', limit: 20 });
  const more = await carts.list(identity, { status: 'checkedOut', limit: 20, cursor: orders.cursor ?? '' });
  assert.deepEqual(
    [idsOf(orders), idsOf(more)],
    [
      ['order-4', 'order-3'],
      ['order-2', 'order-1'],
    ],
  );
});

test('of more than 500 open carts those that changed last are listed', async (t) => {
  const { first, clock } = await openStore(t);
  const { carts } = first;
  for (let nth = 0; nth < 510; nth++) await carts.open(user, `cart-${(nth * 7919) % 510}`);
  clock.now = minute(24 * 60);
  await carts.change(user, 'cart-500', addOne, 'p');
  clock.now = minute(24 * 60 + 1);
  await carts.open(user, 'a-new-cart');
  assert.deepEqual(idsOf(await carts.list(identity, { limit: 2 })), ['a-new-cart', 'cart-500']);
});
