/** What CloudFront would answer, as the template configures it, in front of the real services. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createCartService } from '@tandem/cart/app';
import { createAuthenticator } from '@tandem/chassis/http/auth';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet, mintToken } from '@tandem/emulators/issuer';
import { tableOf } from '@tandem/local/system/store';
import { createProductService } from '@tandem/product/app';
import { openSqlite } from '@tandem/storage/sqlite';
import { createEdgeCache, type EdgeRequest, type EdgeResponse } from './testing/edge-cache.ts';
import { synthesizeAll } from './testing/synth.ts';

const { edge } = synthesizeAll({
  domain: { name: 'shop.example.org', certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/1' },
  plainHttp: false,
  cloudFront: { prefixListId: 'pl-3b927c52' },
});
const ORIGIN = 'https://page.example';
const SHOPPER = '203.0.113.7';
const authorization = `Bearer ${await mintToken({ subject: 'editor', scopes: ['products:write'] })}`;

/** Both services behind a distribution, with a clock of its own, and the requests that reached them. */
async function openEdge(t: TestContext, limits: { readonly unitsPerSecond?: number } = {}) {
  const metrics = createMetrics();
  const region = 'us-east-1';
  const shared = {
    metrics,
    sns: new SNSClient({ region }),
    sqs: new SQSClient({ region }),
    topicArn: 'unused',
    auth: createAuthenticator({ issuer: LOCAL_ISSUER, audience: LOCAL_AUDIENCE, jwks: await localKeySet() }),
    logger: createLogger({ name: 'test', level: 'silent' }),
    tracer: undefined,
    limits: { ...limits, proxyHops: 2 },
    corsOrigins: [ORIGIN],
    receivePauseMs: 0,
    holdSeconds: 900,
  };
  const [products, carts] = [openSqlite(':memory:'), openSqlite(':memory:')];
  const product = await createProductService({
    ...shared,
    table: tableOf(products, metrics),
    queueUrls: { 'product-cart-events-queue': 'unused' },
  });
  const cart = await createCartService({
    ...shared,
    table: tableOf(carts, metrics),
    queueUrls: { 'cart-product-updates-queue': 'unused' },
    ttlSeconds: { guest: 7 * 86_400, user: 30 * 86_400 },
  });
  t.after(async () => {
    await Promise.all([product.app.close(), cart.app.close()]);
    products.close();
    carts.close();
  });
  const reached: string[] = [];
  const clock = { seconds: 0 };
  const origin = async ({ method, url, headers, body }: EdgeRequest): Promise<EdgeResponse> => {
    reached.push(`${method} ${url}`);
    const { app } = url.startsWith('/products') ? product : cart;
    const response = await app.inject({
      method: method as 'GET',
      url,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { payload: body }),
    });
    return {
      status: response.statusCode,
      headers: response.headers as Record<string, string>,
      body: response.body,
    };
  };
  const cache = createEdgeCache(edge, { origin, now: () => clock.seconds });
  const call = (method: string, url: string, headers: Readonly<Record<string, string>> = {}, body?: object) =>
    cache.request({ method, url, headers, ...(body && { body: JSON.stringify(body) }) }, SHOPPER);
  return { call, reached, clock, cache };
}

const mug = { name: 'Mug', price: 1200, currency: 'EUR', inventory: 10 };

test('a product is read once a second, however many ask, and a change is seen a second later', async (t) => {
  const { call, reached, clock } = await openEdge(t);
  assert.equal((await call('PUT', '/products/mug', { authorization }, mug)).status, 201);
  reached.length = 0;
  for (let i = 0; i < 20; i++) assert.equal((await call('GET', '/products/mug')).status, 200);
  await call('PUT', '/products/mug', { authorization }, { name: 'Cup', price: 1300, currency: 'EUR' });
  assert.match((await call('GET', '/products/mug')).body, /"Mug"/);
  clock.seconds += 1;
  assert.match((await call('GET', '/products/mug')).body, /"Cup"/);
  assert.deepEqual(reached, ['GET /products/mug', 'PUT /products/mug', 'GET /products/mug']);
});

test('tags are passed on: a known one is answered with 304, by the cache and, when it has expired, by Product', async (t) => {
  const { call, reached, clock } = await openEdge(t);
  await call('PUT', '/products/mug', { authorization }, mug);
  const { headers } = await call('GET', '/products/mug');
  const etag = headers['etag'] ?? '';
  assert.match(etag, /^"/);
  for (const seconds of [0, 1]) {
    clock.seconds += seconds;
    const known = await call('GET', '/products/mug', { 'if-none-match': etag });
    assert.deepEqual([known.status, known.headers['etag'], known.body], [304, etag, '']);
  }
  const changed = await call('PATCH', '/products/mug', { authorization, 'if-match': etag }, { price: 1500 });
  const stale = await call('PATCH', '/products/mug', { authorization, 'if-match': etag }, { price: 1600 });
  assert.deepEqual([changed.status, stale.status], [200, 412]);
  assert.equal(reached.filter((request) => request === 'GET /products/mug').length, 2);
});

test('lists are cached by their whole query, and codings and origins apart', async (t) => {
  const { call, reached } = await openEdge(t);
  for (const id of ['mug', 'cup', 'jar', 'pan', 'pot', 'tin', 'can', 'box', 'lid'])
    await call('PUT', `/products/${id}`, { authorization }, mug);
  reached.length = 0;
  const shared = await call('GET', '/products/mug', { origin: ORIGIN });
  const other = await call('GET', '/products/mug', { origin: 'https://other.example' });
  assert.equal(shared.headers['access-control-allow-origin'], ORIGIN);
  assert.equal(other.headers['access-control-allow-origin'], undefined);
  const zipped = await call('GET', '/products', { 'accept-encoding': 'gzip, deflate' });
  const plain = await call('GET', '/products');
  assert.deepEqual(
    [zipped.headers['content-encoding'], plain.headers['content-encoding']],
    ['gzip', undefined],
  );
  for (const url of ['/products?limit=1', '/products?limit=2', '/products?limit=1']) await call('GET', url);
  assert.deepEqual(reached.slice(-2), ['GET /products?limit=1', 'GET /products?limit=2']);
  const preflight = await call('OPTIONS', '/products/mug', {
    origin: ORIGIN,
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'authorization,idempotency-key,if-match',
  });
  assert.equal(preflight.status, 204);
});

test('no error is cached, whatever CloudFront would do by default', async (t) => {
  const { call, reached } = await openEdge(t);
  assert.equal((await call('GET', '/products/mug')).status, 404);
  assert.equal((await call('GET', '/products?limit=nonsense')).status, 400);
  assert.equal((await call('GET', '/products?limit=nonsense')).status, 400);
  await call('PUT', '/products/mug', { authorization }, mug);
  assert.equal((await call('GET', '/products/mug')).status, 200);
  assert.equal(reached.length, 5);
});

test('a cart is never cached, is written with the headers of its shopper, and an idempotent write is replayed', async (t) => {
  const { call, reached } = await openEdge(t);
  const headers = { 'idempotency-key': 'a-key-of-more-than-sixteen-characters' };
  const opened = await call('POST', '/carts', headers, {});
  const again = await call('POST', '/carts', headers, {});
  assert.deepEqual([opened.status, again.status, again.body], [201, 201, opened.body]);
  assert.equal(again.headers['idempotent-replayed'], 'true');
  const { cartId } = JSON.parse(opened.body) as { cartId: string };
  const reads = [await call('GET', `/carts/${cartId}`), await call('GET', `/carts/${cartId}`)];
  for (const { headers: sent } of reads) assert.match(sent['cache-control'] ?? '', /no-store/);
  assert.equal(reached.filter((request) => request === `GET /carts/${cartId}`).length, 2);
  assert.equal((await call('GET', '/carts?mine=true', { authorization })).status, 200);
  assert.equal((await call('GET', '/carts?mine=true')).status, 401);
});

test('the rate limit counts the address of the viewer: not that of CloudFront, nor one that the viewer claims', async (t) => {
  const { cache } = await openEdge(t, { unitsPerSecond: 1 });
  const from = (viewer: string, claimed?: string) =>
    cache.request(
      {
        method: 'GET',
        url: '/products/none',
        headers: claimed === undefined ? {} : { 'x-forwarded-for': claimed },
      },
      viewer,
    );
  const statuses = [];
  for (let i = 0; i < 30; i++) statuses.push((await from(SHOPPER, `198.51.100.${i}`)).status);
  assert.ok(statuses.includes(429), 'an address that is claimed has no budget of its own');
  assert.equal((await from('203.0.113.8')).status, 404, 'another shopper is not limited');
});

test('a browser is told to use TLS, and a cached response has no rate limit of somebody else', async (t) => {
  const { call } = await openEdge(t, { unitsPerSecond: 50 });
  await call('PUT', '/products/mug', { authorization }, mug);
  for (let i = 0; i < 2; i++) {
    const { headers } = await call('GET', '/products/mug');
    assert.match(headers['strict-transport-security'] ?? '', /max-age=31536000/);
    assert.deepEqual(
      Object.keys(headers).filter((name) => name.startsWith('ratelimit')),
      [],
    );
  }
});
