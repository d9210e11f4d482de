import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newGuestCartId } from './cart-ids.ts';
import { openApi } from './testing.ts';

test("security 2: a guest's cart is not stored when it is opened, and is the same when it is read", async (t) => {
  const { send, open, add, writes, clock } = await openApi(t);
  clock.now = '2026-02-14T15:00:00.123Z';
  const stored = writes.length;
  const opened = await send('POST', '/carts');
  const { cartId, version, updatedAt, expiresAt } = opened.body;
  assert.deepEqual([version, updatedAt, expiresAt], [1, clock.now, '2026-02-21T15:00:00.123Z']);
  clock.now = '2026-02-14T16:00:00.000Z';
  const read = await send('GET', `/carts/${cartId}`);
  assert.deepEqual(
    [read.status, read.body, read.headers['etag']],
    [200, opened.body, opened.headers['etag']],
  );
  const headers = { 'if-none-match': String(read.headers['etag']) };
  assert.equal((await send('GET', `/carts/${cartId}`, { headers })).status, 304);
  assert.equal((await add(cartId, { headers: { 'if-match': '"other"' } })).status, 412);
  for (let i = 0; i < 50; i++) await open();
  assert.equal(writes.length, stored);

  const added = await add(cartId, { headers: { 'if-match': String(read.headers['etag']) } });
  assert.deepEqual([added.status, added.body.version, added.body.items.length], [200, 2, 1]);
  assert.equal(writes.length, stored + 1);
});

test('security 2: with an Idempotency-Key only the response is stored, and a retry gets the same cart', async (t) => {
  const { send, add, writes } = await openApi(t);
  const options = { headers: { 'idempotency-key': 'a-key-of-this-guest' } };
  const stored = writes.length;
  const opened = await send('POST', '/carts', options);
  assert.equal((await add(opened.body.cartId)).status, 200);
  const retry = await send('POST', '/carts', options);
  assert.deepEqual([retry.status, retry.payload], [201, opened.payload]);
  assert.equal(writes.length, stored + 2);
});

test('security 2: an id that is made up or modified is 404, and so is a cart that was deleted or has expired', async (t) => {
  const { send, open, add, clock } = await openApi(t);
  const cartId = await open();
  const future = newGuestCartId(Date.parse(clock.now) + 120_000);
  const madeUp = [`guest-${'A'.repeat(22)}`, `guest-${'A'.repeat(36)}`, future, 'guest-', 'none'];
  for (const id of [
    ...madeUp,
    cartId.slice(0, -1),
    `${cartId}A`,
    `${cartId.slice(0, 20)}AA${cartId.slice(22)}`,
  ]) {
    const statuses = [
      await send('GET', `/carts/${id}`),
      await add(id),
      await send('DELETE', `/carts/${id}`),
      await send('POST', `/carts/${cartId}/merge`, { payload: { fromCartId: id } }),
    ].map(({ status }) => status);
    assert.deepEqual(statuses, [404, 404, 404, 404], id);
  }
  assert.equal((await send('DELETE', `/carts/${cartId}`)).status, 204);
  for (const method of ['GET', 'DELETE'] as const)
    assert.equal((await send(method, `/carts/${cartId}`)).status, 404);
  assert.equal((await add(cartId)).status, 404);

  const expiring = await open();
  clock.now = new Date(Date.parse(clock.now) + 7 * 86_400_000).toISOString();
  assert.equal((await send('GET', `/carts/${expiring}`)).status, 404);
});

test("a user's cart is stored when it is opened", async (t) => {
  const { send, open, writes } = await openApi(t);
  const headers = { authorization: 'user-1' };
  const stored = writes.length;
  const cartId = await open({ headers });
  assert.equal(writes.length, stored + 1);
  const { body } = await send('GET', '/carts?mine=true', { headers });
  assert.deepEqual((body as unknown as { items: { cartId: string }[] }).items[0]?.cartId, cartId);
});
