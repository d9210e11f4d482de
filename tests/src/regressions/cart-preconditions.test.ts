import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ApiResponse,
  type CartBody,
  client,
  type LineBody,
  type RequestOptions,
  firstLine,
  userClient,
} from '../support/http.ts';
import { operationsOf, pathWith } from './operations.ts';
import { atRest } from '../support/queues.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const tagOf = ({ headers }: ApiResponse<CartBody>) => headers.get('etag') ?? '';

test(`core 6: every write of a cart honours If-Match, on ${storeName}`, async (t) => {
  await withSystem(async ({ urls }) => {
    const user = await userClient(urls.gateway, 'user');
    await user.putProduct('mug', { inventory: 1000 });
    const writes = (await operationsOf(urls.cart)).filter(
      ({ method, path }) => method !== 'GET' && path.includes('{cartId}'),
    );
    assert.ok(writes.length >= 8);
    for (const { method, path, sample } of writes) {
      await t.test(`${method} ${path}`, async () => {
        const cartId = await user.openCart();
        await user.fill(cartId, { mug: 2 });
        await user.untilHeld(cartId);
        const source = await user.openCart();
        const fields = sample.body as Readonly<Record<string, unknown>> | undefined;
        const body = fields && 'fromCartId' in fields ? { fromCartId: source } : fields;
        const write = (ifMatch: string, more: Readonly<Record<string, string>> = {}) =>
          user.call(method, pathWith(path, { cartId, productId: 'mug' }), {
            ...(body && { body }),
            headers: { 'if-match': ifMatch, ...more },
          });
        const before = await user.cart(cartId);
        const tag = tagOf(before);
        const withKey: Readonly<Record<string, string>> =
          method === 'POST' ? { 'idempotency-key': 'key' } : {};
        for (const mismatch of ['"bogus"', '"a", "b"', tag.replace(/^"./, '"-')]) {
          const rejected = await write(mismatch, withKey);
          assert.equal(rejected.status, 412, `${mismatch}: ${rejected.text}`);
        }
        assert.equal((await user.cart(cartId)).text, before.text, 'nothing has changed');
        assert.equal((await write('any')).status, 400);
        const accepted = await write(`"other", ${tag}`, withKey);
        assert.ok(accepted.status < 300, accepted.text);
      });
    }
  });
});

test(`core 6: a checkout that is repeated with its If-Match gets the same response, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { call, checkOut, fill, openCart, putProduct, untilHeld } = client(urls.gateway);
    await putProduct('mug');
    const cartId = await openCart();
    await fill(cartId, { mug: 1 });
    const held = await untilHeld(cartId);
    const headers = { 'if-match': tagOf(held) };
    const first = await call('POST', `/carts/${cartId}/checkout`, { headers });
    assert.equal(first.status, 200, first.text);
    const again = await call('POST', `/carts/${cartId}/checkout`, { headers });
    assert.deepEqual([again.status, again.body], [200, first.body]);
    assert.equal((await checkOut(cartId)).text, first.text);
  }));

test(`core 6: If-Match with * requires a cart that exists, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { call, openCart, putProduct, fill } = client(urls.gateway);
    await putProduct('mug');
    const headers = { 'if-match': '*' };
    assert.equal((await call('POST', '/carts', { headers })).status, 412);
    const cartId = await openCart();
    await fill(cartId, { mug: 1 });
    const writes: readonly [string, string, RequestOptions['body']?][] = [
      ['POST', '/items', { productId: 'mug', qty: 1 }],
      ['PUT', '/items/mug', { qty: 3 }],
      ['POST', '/hold'],
      ['DELETE', '/items/mug'],
      ['DELETE', ''],
    ];
    for (const [method, path, body] of writes) {
      const { status, text } = await call(method, `/carts/${cartId}${path}`, {
        headers,
        ...(body ? { body } : {}),
      });
      assert.ok(status < 300, `${method} ${path}: ${text}`);
    }
    assert.ok([404, 412].includes((await call('DELETE', `/carts/${cartId}`, { headers })).status));
  }));

test(`core 6: the ETag changes with what the shopper sees, a precondition ignores Product's responses, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { add, call, cart, checkOut, fill, openCart, putProduct, untilHeld } = client(urls.gateway);
    await putProduct('mug', { inventory: 10 });
    await fill(await openCart(), { mug: 1 });
    const cartId = await openCart();
    const added = await add(cartId, 'mug', 2);
    assert.equal(firstLine(added.body)?.hold, 'pending');
    const held = await untilHeld(cartId);
    assert.notEqual(tagOf(held), tagOf(added), 'a read notices the hold');
    const set = (qty: number, tag: string) =>
      call<CartBody>('PUT', `/carts/${cartId}/items/mug`, { body: { qty }, headers: { 'if-match': tag } });
    assert.equal((await set(3, tagOf(added))).status, 200, 'the hold does not stand in the way');
    assert.equal((await set(4, tagOf(added))).status, 412, 'the quantity has changed');

    const { headers: outdated } = await cart(cartId);
    await call('PATCH', '/products/mug', { body: { price: 990_000 } });
    await until(
      () => cart(cartId),
      ({ body }) => firstLine(body)?.priceChanged === true,
    );
    const old = { headers: { 'if-match': outdated.get('etag') ?? '' } };
    for (const path of ['/checkout', '/items/mug/accept-price'])
      assert.equal((await call('POST', `/carts/${cartId}${path}`, old)).status, 412, path);
    const { body, headers } = await cart(cartId);
    assert.partialDeepStrictEqual(firstLine(body), { priceAtAdd: 1000, currentPrice: 990_000 });
    const current = { headers: { 'if-match': headers.get('etag') ?? '' } };
    assert.equal((await call('POST', `/carts/${cartId}/items/mug/accept-price`, current)).status, 200);
    assert.equal((await checkOut(cartId)).status, 200);
  }));

test(`core 6: a price or total that is no longer current is rejected with the current one, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { call, cart, fill, openCart, putProduct } = client(urls.gateway);
    await putProduct('mug');
    const cartId = await openCart();
    await fill(cartId, { mug: 2 });
    await call('PATCH', '/products/mug', { body: { price: 1500 } });
    await until(
      () => cart(cartId),
      ({ body }) => firstLine(body)?.currentPrice === 1500,
    );
    const accept = (body: object) =>
      call<CartBody>('POST', `/carts/${cartId}/items/mug/accept-price`, { body });
    for (const outdated of [{ price: 1400 }, { price: 1500, currency: 'USD' }, { currency: 'USD' }]) {
      const { status, body } = await accept(outdated);
      assert.equal(status, 409, JSON.stringify(outdated));
      const { type, line } = body as unknown as { type: string; line: LineBody };
      assert.equal(type, 'urn:tandem:problem:price-changed');
      assert.partialDeepStrictEqual(line, { productId: 'mug', priceAtAdd: 1000, currentPrice: 1500 });
    }
    assert.equal(firstLine((await cart(cartId)).body)?.priceAtAdd, 1000);
    assert.equal((await accept({ price: 1500, currency: 'EUR' })).body.totalAmount, 3000);

    const checkOut = (body: object) => call<CartBody>('POST', `/carts/${cartId}/checkout`, { body });
    for (const outdated of [
      { totalAmount: 2000 },
      { totalAmount: 3000, currency: 'USD' },
      { currency: 'USD' },
    ]) {
      const { status, body } = await checkOut(outdated);
      assert.equal(status, 409, JSON.stringify(outdated));
      assert.partialDeepStrictEqual(body, { totalAmount: 3000, currency: 'EUR' });
      const { lines } = body as unknown as { lines: readonly LineBody[] };
      assert.partialDeepStrictEqual(lines, [{ productId: 'mug', qty: 2, priceAtAdd: 1500 }]);
    }
    assert.equal((await cart(cartId)).body.status, 'open');
    const sold = await checkOut({ totalAmount: 3000, currency: 'EUR' });
    assert.equal(sold.status, 200, sold.text);
    assert.equal((await checkOut({ totalAmount: 3000, currency: 'EUR' })).text, sold.text);
  }));

test(`interop A7: a line has the currency of its current price only if it differs from the cart's, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { call, cart, checkOut, fill, openCart, putProduct } = client(urls.gateway);
    await putProduct('mug', { price: 1999, currency: 'USD' });
    const cartId = await openCart();
    await fill(cartId, { mug: 1 });
    const { body } = await cart(cartId);
    assert.ok(firstLine(body) && !('currentCurrency' in (firstLine(body) ?? {})));

    await call('PATCH', '/products/mug', { body: { currency: 'EUR' } });
    const { body: shown } = await until(
      () => cart(cartId),
      ({ body }) => firstLine(body)?.priceChanged === true,
    );
    assert.equal(shown.currency, 'USD');
    const same = { priceAtAdd: 1999, currentPrice: 1999, currentCurrency: 'EUR' };
    assert.partialDeepStrictEqual(firstLine(shown), same, 'the same number is another price');
    assert.equal((await checkOut(cartId)).status, 409);

    const accept = (price: object) =>
      call<CartBody>('POST', `/carts/${cartId}/items/mug/accept-price`, { body: price });
    assert.equal((await accept({ price: 1999, currency: 'USD' })).status, 409);
    const { body: accepted } = await accept({ price: 1999, currency: 'EUR' });
    assert.partialDeepStrictEqual(accepted, { currency: 'EUR', totalAmount: 1999 });
    assert.partialDeepStrictEqual(firstLine(accepted), { priceChanged: false });
    assert.ok(!('currentCurrency' in (firstLine(accepted) ?? {})));
    await atRest(urls.aws);
    assert.equal((await checkOut(cartId)).status, 200);
  }));
