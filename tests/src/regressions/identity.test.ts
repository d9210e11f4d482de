import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mintToken } from '@tandem/emulators/issuer';
import { forgeTokens } from './forged-tokens.ts';
import { type ApiResponse, type CartBody, client, type RequestOptions } from '../support/http.ts';
import { type Operation, operationsOf, pathWith } from './operations.ts';
import { assertStock } from '../support/stock.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';

const KEY = 'a key that the stranger knows';
/** Headers that differ between any two responses. */
const REQUEST_HEADERS = new Set(['x-request-id', 'traceparent', 'date']);

/** Response without ids and times, so that responses for different carts can be compared. */
function comparable({ status, headers, text }: ApiResponse, cartId: string) {
  const requestId = headers.get('x-request-id') ?? '';
  return {
    status,
    headers: [...headers].filter(([name]) => !REQUEST_HEADERS.has(name)),
    body: text.replaceAll(requestId, 'REQUEST').replaceAll(cartId, 'CART'),
  };
}

/** Unused id of the same length. */
function unusedIdLike(cartId: string): string {
  return `${cartId.slice(0, -4)}AAAA`;
}

test(`every operation rejects invalid tokens, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { valid, forged } = await forgeTokens('owner');
    const { call } = client(urls.gateway, false);
    const { cartId } = (await call<CartBody>('POST', '/carts', { headers: { authorization: valid } })).body;
    const authorized = { token: false as const, headers: { authorization: valid } };
    assert.equal((await call('GET', `/carts/${cartId}`, authorized)).status, 200);
    assert.equal((await call('PUT', '/products/mug', { ...authorized, body: mugBody })).status, 201);

    const services = [urls.product, urls.cart, urls.analytics];
    const operations = (await Promise.all(services.map(async (url) => operationsOf(url)))).flat();
    assert.ok(operations.length >= 20);
    for (const { method, path, sample } of operations) {
      const send = async (authorization: string, id: string) =>
        call(method, pathWith(path, { cartId: id, productId: 'mug' }), {
          ...sample,
          token: false,
          headers: { ...sample.headers, authorization },
        });
      for (const [fault, authorization] of Object.entries(forged)) {
        const response = await send(authorization, cartId);
        assert.equal(response.status, 401, `${method} ${path}: ${fault}: ${response.text}`);
        assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer/);
        const unused = unusedIdLike(cartId);
        const unknownCart = comparable(await send(authorization, unused), unused);
        assert.deepEqual(comparable(response, cartId), unknownCart, `${method} ${path}: ${fault}`);
      }
    }
    assert.equal((await call<CartBody>('GET', `/carts/${cartId}`, authorized)).body.version, 1);
  }));

const mugBody = { name: 'Mug', price: 1000, currency: 'EUR', inventory: 10 };

test(`an operation that requires a scope rejects requests without it, and admits those with it, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { call } = client(urls.gateway);
    const token = await mintToken({ subject: 'someone', scopes: ['products:read'] });
    const right = await mintToken({
      subject: 'someone',
      scopes: ['products:write', 'orders:read', 'analytics:read'],
    });
    const services = [urls.product, urls.cart, urls.analytics];
    const operations = (await Promise.all(services.map(async (url) => operationsOf(url)))).flat();
    const guarded = operations.filter(({ isGuarded }) => isGuarded);
    assert.ok(guarded.some(({ path }) => path.startsWith('/analytics')));
    assert.deepEqual(
      (await operationsOf(urls.product))
        .filter(({ method, isGuarded }) => (method === 'GET') === isGuarded)
        .map(({ path }) => path),
      ['/products/{productId}/holds'],
    );
    for (const { method, path, sample } of guarded) {
      const url = pathWith(path, { productId: 'mug' });
      assert.equal((await call(method, url, { ...sample, token: false })).status, 401, `${method} ${path}`);
      assert.equal((await call(method, url, { ...sample, token })).status, 403, `${method} ${path}`);
      const { status } = await call(method, url, { ...sample, token: right });
      assert.ok(![401, 403].includes(status), `${method} ${path}: ${status}`);
    }
  }));

test(`another user's cart is indistinguishable from a missing one, for every request, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const [ownToken, strangeToken] = await Promise.all(
      ['owner', 'stranger'].map((subject) => mintToken({ subject, scopes: [] })),
    );
    const [owner, stranger, guest] = [ownToken, strangeToken, false as const].map((token) =>
      client(urls.gateway, token),
    );
    assert.ok(owner && stranger && guest);
    await owner.putProduct('mug');
    const cartId = await owner.openCart();
    await owner.fill(cartId, { mug: 1 });
    const cartOperations = (await operationsOf(urls.cart)).filter(({ path }) => path.includes('{cartId}'));
    const posts = cartOperations.filter(({ method }) => method === 'POST');
    assert.ok(cartOperations.length >= 8 && posts.length >= 4);
    for (const { method, path, sample } of posts.filter(({ path }) => !path.endsWith('/checkout'))) {
      await owner.call(method, pathWith(path, { cartId, productId: 'mug' }), {
        ...sample,
        headers: { 'idempotency-key': KEY },
      });
    }
    await assertStock(urls, { mug: 98 });
    const before = await owner.cart(cartId);
    const etag = before.headers.get('etag') ?? '';
    const strangersCart = await stranger.openCart();

    const headersOf = ({ method }: Operation): readonly RequestOptions['headers'][] =>
      method === 'POST'
        ? [{}, { 'idempotency-key': KEY }, { 'if-match': etag }, { 'if-match': '"none"' }]
        : [{}, { 'if-none-match': etag }, { 'if-none-match': '*' }, { 'if-match': etag }];
    for (const { call } of [stranger, guest]) {
      const assertNotFound = async (send: (id: string) => Promise<ApiResponse>, operationName: string) => {
        const unused = unusedIdLike(cartId);
        const [response, unknownCart] = [await send(cartId), await send(unused)];
        assert.equal(response.status, 404, operationName);
        assert.deepEqual(comparable(response, cartId), comparable(unknownCart, unused), operationName);
      };
      for (const operation of cartOperations) {
        const { method, path, sample } = operation;
        for (const headers of headersOf(operation)) {
          await assertNotFound(
            (id) =>
              call(method, pathWith(path, { cartId: id, productId: 'mug' }), {
                ...sample,
                ...(headers && { headers }),
              }),
            `${method} ${path} ${JSON.stringify(headers)}`,
          );
        }
      }
      for (const headers of [{}, { 'idempotency-key': KEY }]) {
        await assertNotFound(
          (fromCartId) => call('POST', `/carts/${strangersCart}/merge`, { body: { fromCartId }, headers }),
          'as the source of a merge',
        );
        await assertNotFound(
          (id) => call('POST', `/carts/${id}/merge`, { body: { fromCartId: strangersCart }, headers }),
          'as the target of a merge',
        );
      }
    }
    const { status, totalAmount, updatedAt } = before.body;
    assert.partialDeepStrictEqual((await owner.cart(cartId)).body, { status, totalAmount, updatedAt });
    const { body } = await stranger.call<{ items: readonly CartBody[] }>('GET', '/carts?mine=true');
    assert.deepEqual(
      body.items.map((cart) => cart.cartId),
      [strangersCart],
    );
  }));
