import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { platform } from 'node:os';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import { concurrently } from '../support/concurrency.ts';
import { type ApiResponse, type CartBody, client, type ProductBody } from '../support/http.ts';
import { storeName } from '../support/store.ts';
import { until } from '../support/until.ts';
import { isReplay, replayedParts } from './keyed-requests.ts';
import { withTwoCarts } from './two-carts.ts';

test(`core 12: a rejected request is not stored, and succeeds later with the same key, on ${storeName}`, () =>
  withTwoCarts(async ({ urls }) => {
    const { call, fill, openCart, product, putProduct } = client(urls.gateway);
    const headers = { 'idempotency-key': 'key' };
    await putProduct('mug', { inventory: 1 });
    const cartId = await openCart();
    const takeStock = () => call('POST', '/products/mug/stock', { body: { delta: -5 }, headers });
    const checkOut = () => call('POST', `/carts/${cartId}/checkout`, { headers });
    const add = () => call('POST', `/carts/${cartId}/items`, { body: { productId: 'mug', qty: 2 }, headers });

    await fill(await openCart(), { mug: 1 });
    for (const send of [takeStock, checkOut, add]) {
      const [first, again] = [await send(), await send()];
      for (const rejected of [first, again]) {
        assert.equal(rejected.status, 409, rejected.text);
        assert.ok(!isReplay(rejected));
      }
    }
    assert.equal((await product('mug')).body.onHand, 1);
    await call('POST', '/products/mug/stock', { body: { delta: 9 } });
    const succeeds = async (send: () => Promise<ApiResponse>) => {
      const first = await until(send, ({ status }) => status !== 409);
      assert.equal(first.status, 200, first.text);
      assert.ok(!isReplay(first));
      const again = await send();
      assert.deepEqual(replayedParts(again), replayedParts(first));
      assert.ok(isReplay(again));
    };
    for (const send of [takeStock, add, checkOut]) await succeeds(send);
    await until(
      () => product('mug'),
      ({ body }) => body.onHand === 3 && body.held === 1,
    );

    const second = await openCart();
    const addCup = () =>
      call('POST', `/carts/${second}/items`, { body: { productId: 'cup', qty: 1 }, headers });
    assert.equal((await addCup()).status, 404);
    await putProduct('cup');
    await fill(await openCart(), { cup: 1 });
    const added = await addCup();
    assert.equal(added.status, 200);
    assert.ok(!isReplay(added));
  }));

test(`an import with stock=count is another request than one without under the same key, on ${storeName}`, () =>
  withTwoCarts(async ({ urls }) => {
    const { call, product } = client(urls.gateway);
    const headers = { 'idempotency-key': 'prices', 'content-type': 'application/x-ndjson' };
    const line = { productId: 'mug', name: 'Mug', price: 100, currency: 'EUR', inventory: 9 };
    const send = (query: string) =>
      call('POST', `/products/import${query}`, { body: JSON.stringify(line), headers });
    assert.equal((await send('')).status, 200);
    await call('POST', '/products/mug/stock', { body: { delta: -3 } });
    assert.equal((await send('?stock=count')).status, 422);
    const again = await send('');
    assert.deepEqual([again.status, isReplay(again)], [200, true]);
    assert.equal((await product('mug')).body.onHand, 6);
  }));

test(`a count that changes nothing is stored under its key too: repeated after a sale, it has no effect, on ${storeName}`, () =>
  withTwoCarts(async ({ urls }) => {
    const { call, putProduct } = client(urls.gateway);
    const { body: created } = await putProduct('mug', { inventory: 5 });
    const headers = { 'idempotency-key': 'count-1' };
    const count = () =>
      call<ProductBody>('POST', '/products/mug/stock', { body: { onHand: 5, expectedOnHand: 5 }, headers });
    const first = await count();
    assert.deepEqual([first.status, first.body.version], [200, created.version]);
    await call('POST', '/products/mug/stock', { body: { delta: -1 } });
    const again = await count();
    assert.deepEqual([again.status, again.body, isReplay(again)], [200, first.body, true]);
  }));

test(`without a key no response is stored, on ${storeName}`, () =>
  withTwoCarts(async ({ urls }) => {
    const { add, fill, openCart, putProduct } = client(urls.gateway);
    await putProduct('mug');
    const cartId = await openCart();
    await fill(cartId, { mug: 1 });
    const responses = await concurrently(3, () => add(cartId, 'mug', 1));
    assert.deepEqual(new Set(responses.map(({ body }) => body.items[0]?.qty)), new Set([2, 3, 4]));
    assert.ok(!responses.some(isReplay));
    assert.notEqual(await openCart(), await openCart());
  }));

/** Opens a guest's cart from a loopback address; resolves to its id. */
async function openCartFrom(
  gateway: string,
  localAddress: string,
  headers: Readonly<Record<string, string>>,
) {
  const post = request(`${gateway}/carts`, {
    method: 'POST',
    localAddress,
    headers: { 'idempotency-key': 'key', ...headers },
  }).end();
  const [response] = (await once(post, 'response')) as [IncomingMessage];
  return ((await json(response)) as CartBody).cartId;
}

const skip = platform() === 'linux' ? false : 'only Linux has more than one loopback address by default';

test(
  `guests at different addresses with the same key get different carts, whatever headers they send, on ${storeName}`,
  { skip },
  () =>
    withTwoCarts(async ({ urls: { gateway } }) => {
      const victimCart = await openCartFrom(gateway, '127.0.0.1', {});
      assert.equal(await openCartFrom(gateway, '127.0.0.1', {}), victimCart);
      assert.notEqual(await openCartFrom(gateway, '127.0.0.2', {}), victimCart);
      const forged = { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1', 'x-real-ip': '127.0.0.1' };
      assert.notEqual(await openCartFrom(gateway, '127.0.0.3', forged), victimCart);
    }),
);
