import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CartView } from '../domain/view.ts';
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
  assert.deepEqual(await carts.list(undefined, { limit: 9 }), { items: [] });
});
