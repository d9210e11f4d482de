import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confirmationOf } from '../application/testing.ts';
import type { CartView } from '../domain/view.ts';
import { publicIdOf } from './cart-ids.ts';
import { openApi } from './testing.ts';

test("security 6: the secret of a guest's cart is in its API id only: no stored item and no event contains it", async (t) => {
  const { send, open, add, publishedEvents, writes } = await openApi(t);
  const response = await send('POST', '/carts', { headers: { 'idempotency-key': 'k-1' } });
  const { cartId } = response.body;
  assert.match(cartId, /^guest-/);
  assert.equal(response.headers['location'], `/carts/${cartId}`);
  const targetId = await open();
  await add(cartId, { headers: { 'idempotency-key': 'k-2' } });
  await send('POST', `/carts/${targetId}/merge`, { payload: { fromCartId: cartId } });
  const merged = await send('GET', `/carts/${targetId}`);
  assert.deepEqual([merged.body.cartId, merged.body.items.length], [targetId, 1]);

  const events = JSON.stringify(await publishedEvents());
  assert.ok(events.includes(publicIdOf(cartId)) && events.includes(publicIdOf(targetId)));
  for (const id of [cartId, targetId]) assert.ok(!events.includes(id.slice('guest-'.length)));
  assert.ok(writes.some((item) => item.includes('sealedId')));
  for (const item of writes)
    for (const id of [cartId, targetId]) assert.ok(!item.includes(id.slice('guest-'.length)), item);
});

test("security 6: every request with the public id of a guest's cart is 404", async (t) => {
  const { send, open } = await openApi(t);
  const cartId = publicIdOf(await open());
  const mine = await open({ headers: { authorization: 'user-1' } });
  for (const [method, url, payload] of [
    ['GET', `/carts/${cartId}`],
    ['DELETE', `/carts/${cartId}`],
    ['POST', `/carts/${cartId}/items`, { productId: 'p', qty: 1 }],
    ['PUT', `/carts/${cartId}/items/p`, { qty: 1 }],
    ['DELETE', `/carts/${cartId}/items/p`],
    ['POST', `/carts/${cartId}/items/p/accept-price`],
    ['POST', `/carts/${cartId}/hold`],
    ['POST', `/carts/${cartId}/checkout`],
    ['POST', `/carts/${cartId}/merge`, { fromCartId: mine }],
    ['POST', `/carts/${mine}/merge`, { fromCartId: cartId }],
  ] as const) {
    for (const headers of [{}, { authorization: 'user-1' }]) {
      const { status, body } = await send(method, url, { headers, ...(payload && { payload }) });
      assert.deepEqual([status, body.detail], [404, 'Cart not found. Check its id.'], `${method} ${url}`);
    }
  }
});

test('a guest who retries the opening of a cart gets the same cart, with the same idempotency key only', async (t) => {
  const { send, add } = await openApi(t);
  const openWithKey = async (key: string, headers = {}) =>
    send('POST', '/carts', { headers: { 'idempotency-key': key, ...headers } });
  const cart = await openWithKey('order-1');
  const retry = await openWithKey('order-1');
  assert.deepEqual(
    [retry.status, retry.body, retry.headers['location']],
    [201, cart.body, cart.headers['location']],
  );
  assert.equal(retry.headers['idempotent-replayed'], 'true');
  assert.equal((await add(retry.body.cartId)).status, 200);
  assert.notEqual((await openWithKey('order-2')).body.cartId, cart.body.cartId);
  const mine = await openWithKey('order-1', { authorization: 'user-1' });
  assert.match(mine.body.cartId, /^cart-/);
  assert.equal((await openWithKey('order-1', { authorization: 'user-1' })).body.cartId, mine.body.cartId);
});

test('the ETag of each response with a cart matches that of a later read', async (t) => {
  const { send, open, add } = await openApi(t);
  const id = await open();
  for (const call of [
    () => add(id),
    () => send('PUT', `/carts/${id}/items/p`, { payload: { qty: 2 } }),
    () => send('POST', `/carts/${id}/items/p/accept-price`),
    () => send('POST', `/carts/${id}/hold`),
    () => send('DELETE', `/carts/${id}/items/p`),
  ]) {
    const { status, headers } = await call();
    assert.equal(status, 200);
    const etag = String(headers['etag']);
    const read = await send('GET', `/carts/${id}`, { headers: { 'if-none-match': etag } });
    assert.deepEqual([read.status, read.headers['etag']], [304, etag]);
  }
});

test('core 6: every write of a cart honours If-Match and If-None-Match', async (t) => {
  const { send, open, add, publishedEvents } = await openApi(t);
  const [id, source] = [await open(), await open()];
  await add(id);
  await publishedEvents();
  for (const headers of [{ 'if-match': '"bogus"' }, { 'if-none-match': '*' }]) {
    for (const [method, url, payload] of [
      ['POST', '/items', { productId: 'p', qty: 1 }],
      ['PUT', '/items/p', { qty: 3 }],
      ['DELETE', '/items/p'],
      ['POST', '/items/p/accept-price'],
      ['POST', '/hold'],
      ['POST', '/merge', { fromCartId: source }],
      ['POST', '/checkout'],
      ['DELETE', ''],
    ] as const) {
      const { status, body } = await send(method, `/carts/${id}${url}`, {
        headers,
        ...(payload && { payload }),
      });
      assert.deepEqual(
        [status, body.type],
        [412, 'urn:tandem:problem:precondition-failed'],
        `${method} ${url}`,
      );
    }
  }
  assert.deepEqual(await publishedEvents(), []);
  assert.equal((await send('POST', '/carts', { headers: { 'if-match': '*' } })).status, 412);
  const { headers } = await send('GET', `/carts/${id}`);
  assert.equal((await add(id, { headers: { 'if-match': String(headers['etag']) } })).status, 200);
  assert.equal(
    (await add(id, { headers: { 'if-match': String(headers['etag']) } })).status,
    412,
    'the cart has changed',
  );
  assert.equal(
    (await add('cart-none', { headers: { 'if-match': '"bogus"' } })).status,
    404,
    'the cart does not exist',
  );
});

test('a body with only optional fields may be omitted, and unknown fields are reported', async (t) => {
  const { first, send, open, add } = await openApi(t);
  const id = await open();
  await add(id);
  const accept = `/carts/${id}/items/p/accept-price`;
  const checkout = `/carts/${id}/checkout`;
  const empty = { headers: { 'content-type': 'application/json' }, payload: '' };
  for (const options of [{}, empty, { payload: {} }, { payload: { price: 1999, currency: 'USD' } }]) {
    const { status, payload } = await send('POST', accept, options);
    assert.equal(status, 200, payload);
  }
  for (const [url, field, method] of [
    [accept, 'prise', 'POST'],
    [checkout, 'total', 'POST'],
    [`/carts/${id}/items`, 'quantity', 'POST'],
    [`/carts/${id}/items/p`, 'quantity', 'PUT'],
    [`/carts/${id}/merge`, 'from', 'POST'],
  ] as const) {
    const { status, body } = await send(method, url, { payload: { [field]: 5 } });
    assert.equal(status, 400);
    assert.ok(
      body.errors?.some(({ pointer }) => pointer === `/${field}`),
      url,
    );
  }
  const differs = await send('POST', checkout, { payload: { totalAmount: 1 } });
  assert.deepEqual([differs.status, differs.body.type], [409, 'urn:tandem:problem:total-changed']);
  assert.equal(
    (await send('POST', accept, { payload: { price: 1 } })).body.type,
    'urn:tandem:problem:price-changed',
  );
  assert.equal((await send('POST', checkout)).status, 503);
  const { version } = (await send('GET', `/carts/${id}`)).body;
  await first.apply([confirmationOf(publicIdOf(id), version)]);
  const { status, body } = await send('POST', checkout, empty);
  assert.deepEqual([status, body.status, body.expiresAt], [200, 'checkedOut', undefined]);
});

test("a user's carts and orders are listed by status", async (t) => {
  const { send, open } = await openApi(t);
  const headers = { authorization: 'user-1' };
  const [older, newer] = [await open({ headers }), await open({ headers })];
  for (const query of ['', '&status=open', '&status=']) {
    const { payload } = await send('GET', `/carts?mine=true${query}`, { headers });
    const { items } = JSON.parse(payload) as { items: readonly CartView[] };
    assert.deepEqual(new Set(items.map(({ cartId }) => cartId)), new Set([older, newer]));
  }
  assert.deepEqual((await send('GET', '/carts?mine=true&status=checkedOut', { headers })).body.items, []);
  assert.equal((await send('GET', '/carts?mine=true&status=merged', { headers })).status, 400);
});
