import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApi } from './testing.ts';

const LIMITS = { unitsPerSecond: 100, burstSeconds: 1 };
const USER = { authorization: 'user-1' };

/** The units that a request takes from its budget, which is full before. */
async function openMeter(...[t]: Parameters<typeof openApi>) {
  const api = await openApi(t, LIMITS);
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  const costOf = async (...[method, url, options]: Parameters<typeof api.send>) => {
    t.mock.timers.tick(120_000);
    const { headers, status } = await api.send(method, url, {
      ...options,
      headers: { ...USER, ...options?.headers },
    });
    const limit = Number(headers['ratelimit-limit']);
    // Remaining units are rounded down.
    return { status, units: limit - Number(headers['ratelimit-remaining']) };
  };
  return { ...api, costOf };
}

test('security 2: a cart costs by its lines, to read, to change and to hold, whatever the response is', async (t) => {
  const { costOf, open } = await openMeter(t);
  const cartId = await open({ headers: USER });
  const path = `/carts/${cartId}`;
  const payload = { productId: 'p', qty: 1 };
  assert.deepEqual(await costOf('GET', path), { status: 200, units: 1 });
  assert.deepEqual(await costOf('POST', `${path}/items`, { payload }), { status: 200, units: 6 });
  assert.deepEqual(await costOf('GET', path), { status: 200, units: 2 });
  assert.deepEqual(await costOf('GET', '/carts?mine=true'), { status: 200, units: 2 });
  assert.deepEqual(await costOf('PUT', `${path}/items/p`, { payload: { qty: 2 } }), {
    status: 200,
    units: 7,
  });
  const unknown = { payload: { productId: 'none', qty: 1 } };
  assert.deepEqual(await costOf('POST', `${path}/items`, unknown), { status: 404, units: 7 });
  const headers = { 'idempotency-key': 'a-random-key' };
  assert.deepEqual(await costOf('POST', `${path}/items`, { payload, headers }), { status: 200, units: 10 });
  for (const [method, url, status] of [
    ['POST', `${path}/hold`, 200],
    ['POST', `${path}/checkout`, 503],
    ['DELETE', path, 204],
  ] as const)
    assert.deepEqual(await costOf(method, url), { status, units: 10 }, url);
  assert.deepEqual(await costOf('GET', path), { status: 404, units: 1 });
});

test('security 2: a client opens some carts at once, and then few; it can still read and write', async (t) => {
  const { app } = await openApi(t, { unitsPerSecond: 5, burstSeconds: 10 });
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  for (const headers of [{}, USER]) {
    const statuses = async (count: number) => {
      const responses = [];
      for (let i = 0; i < count; i++)
        responses.push(await app.inject({ method: 'POST', url: '/carts', headers }));
      return responses.map(({ statusCode }) => statusCode).join();
    };
    assert.equal(await statuses(11), `${'201,'.repeat(10)}429`);
    assert.equal((await app.inject({ url: '/carts?mine=true', headers: USER })).statusCode, 200);
    t.mock.timers.tick(4_000);
    assert.equal(await statuses(2), '201,429');
  }
});
