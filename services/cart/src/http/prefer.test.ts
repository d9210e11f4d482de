import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApi } from './testing.ts';

const prefer = 'return=minimal';

test('a change of a line is 204 without the cart for a request that prefers that, and has the same effect', async (t) => {
  const { send, open, publishedEvents } = await openApi(t);
  const [id, other] = [await open(), await open()];
  const changes = [
    ['POST', '/items', { productId: 'p', qty: 1 }],
    ['PUT', '/items/p', { qty: 3 }],
    ['POST', '/items/p/accept-price'],
    ['DELETE', '/items/p'],
  ] as const;
  for (const [method, url, payload] of changes) {
    const body = payload && { payload };
    const {
      status,
      headers,
      payload: content,
    } = await send(method, `/carts/${id}${url}`, {
      headers: { prefer },
      ...body,
    });
    assert.deepEqual([status, headers['preference-applied'], content], [204, prefer, ''], `${method} ${url}`);
    assert.equal((await send(method, `/carts/${other}${url}`, body ?? {})).status, 200);
    const [{ body: cart }, { body: expected }] = [
      await send('GET', `/carts/${id}`),
      await send('GET', `/carts/${other}`),
    ];
    assert.deepEqual([cart.items, cart.version], [expected.items, expected.version]);
  }
  const events = await publishedEvents();
  assert.equal(events.length, 6);
});

test('only a preference for a minimal response is applied, and not with an Idempotency-Key', async (t) => {
  const { send, open } = await openApi(t);
  const id = await open();
  const statusOf = async (headers: Readonly<Record<string, string>>) => {
    const payload = { productId: 'p', qty: 1 };
    const response = await send('POST', `/carts/${id}/items`, { headers, payload });
    assert.equal(response.headers['preference-applied'], response.status === 204 ? prefer : undefined);
    return response.status;
  };
  for (const value of ['return=minimal', 'Return = "minimal"; x=1', 'respond-async, return=minimal'])
    assert.equal(await statusOf({ prefer: value }), 204, value);
  for (const value of ['return=representation', 'return=representation, return=minimal', 'minimal', '', ',;'])
    assert.equal(await statusOf({ prefer: value }), 200, value);
  assert.equal(await statusOf({ prefer, 'idempotency-key': 'k' }), 200);
});

test('a minimal response is subject to the same conditions', async (t) => {
  const { send, open, publishedEvents } = await openApi(t);
  const id = await open();
  const add = (headers: Readonly<Record<string, string>>, productId = 'p', qty = 1) =>
    send('POST', `/carts/${id}/items`, { headers: { prefer, ...headers }, payload: { productId, qty } });
  assert.equal((await add({ 'if-match': '"bogus"' })).status, 412);
  assert.equal((await add({}, 'unknown')).status, 404);
  assert.equal((await add({}, 'p', 501)).body.type, 'urn:tandem:problem:insufficient-stock');
  assert.deepEqual(await publishedEvents(), []);
  const { headers } = await send('GET', `/carts/${id}`);
  assert.equal((await add({ 'if-match': String(headers['etag']) })).status, 204);
});
