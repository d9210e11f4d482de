import assert from 'node:assert/strict';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { buildConsole } from '@tandem/console/build';
import { mintToken } from '@tandem/emulators/issuer';
import { client } from '../support/http.ts';
import { withSystem } from '../support/system.ts';

const PUBLIC = 'public, max-age=1';
const PRIVATE = 'private, no-store';

/** GET without the headers that fetch adds; resolves to status, headers and the size of the body. */
function get(url: string, headers: Readonly<Record<string, string>> = {}) {
  return new Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]>; bytes: number }>(
    (resolve, reject) => {
      request(url, { headers }, (response) => {
        const { statusCode: status, headers: received } = response;
        void text(response).then(
          ({ length: bytes }) => resolve({ status, headers: received, bytes }),
          reject,
        );
      })
        .on('error', reject)
        .end();
    },
  );
}

test('through the gateway, each response says who may cache it, and none claims TLS (security 13)', async () => {
  assert.equal(await buildConsole(), undefined);
  await withSystem(async ({ urls }) => {
    const api = client(urls.gateway);
    const created = await api.putProduct('mug');
    assert.equal(created.headers.get('cache-control'), PRIVATE);
    const cartId = await api.openCart();
    const user = `Bearer ${await mintToken({ subject: 'alice', scopes: ['analytics:read'] })}`;
    for (const [path, status, cacheControl, headers = {}] of [
      ['/products', 200, PUBLIC],
      ['/products?ids=mug', 200, PUBLIC],
      ['/products/mug', 200, PUBLIC],
      ['/products/mug', 304, PUBLIC, { 'if-none-match': '*' }],
      ['/products/cup', 404, 'no-store'],
      ['/products?limit=0', 400, 'no-store'],
      [`/carts/${cartId}`, 200, PRIVATE],
      [`/carts/${cartId}`, 304, PRIVATE, { 'if-none-match': '*' }],
      ['/carts?mine=true', 200, PRIVATE, { authorization: user }],
      ['/carts?mine=true', 401, 'no-store'],
      ['/analytics/funnel', 200, PRIVATE, { authorization: user }],
      ['/', 200, 'no-cache'],
      ['/health', 200, 'no-store'],
      ['/asyncapi.json', 200, 'no-store'],
      ['/nowhere', 404, 'no-store'],
      ['/console/telemetry', 404, 'no-store'],
    ] as const) {
      const sent = { ...headers, 'x-forwarded-proto': 'https', origin: 'https://shop.example' };
      const response = await get(urls.gateway + path, sent);
      assert.equal(response.status, status, path);
      const { 'cache-control': cache, 'x-content-type-options': sniff, ...others } = response.headers;
      assert.deepEqual(
        [cache, sniff, others['strict-transport-security']],
        [cacheControl, 'nosniff', undefined],
        path,
      );
      assert.ok(!Object.keys(others).some((name) => name.startsWith('access-control-')), path);
    }
  });
});

test('a cart with lines is read and written with the tag of any content coding (security 13)', async () => {
  await withSystem(async ({ urls }) => {
    const api = client(urls.gateway);
    const cartId = await api.openCart();
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(ids.map((id) => api.putProduct(id)));
    await api.fill(cartId, Object.fromEntries(ids.map((id) => [id, 1])));
    await api.untilHeld(cartId);
    const url = `${urls.gateway}/carts/${cartId}`;
    const tags = new Map<string, string>();
    for (const [coding, suffix] of [
      ['identity', ''],
      ['gzip', '-gzip'],
      ['br', '-br'],
    ] as const) {
      const { status, headers } = await get(url, { 'accept-encoding': coding });
      assert.deepEqual([status, headers['content-encoding'] ?? 'identity'], [200, coding]);
      assert.match(String(headers['vary']), /accept-encoding/);
      assert.match(String(headers['etag']), new RegExp(`^"[0-9a-f]{16}-[0-9a-f]{12}${suffix}"$`));
      tags.set(coding, String(headers['etag']));
    }
    for (const [coding, own] of tags) {
      for (const tag of tags.values()) {
        const response = await get(url, { 'accept-encoding': coding, 'if-none-match': `W/${tag}` });
        assert.deepEqual([response.status, response.headers['etag'], response.bytes], [304, own, 0]);
      }
    }
    let qty = 1;
    for (const tag of tags.values()) {
      const current = (await api.cart(cartId)).headers.get('etag') ?? '';
      const [suffix = ''] = /(?:-br|-gzip)?"$/.exec(tag) ?? [];
      const ifMatch = current.replace(/(?:-br|-gzip)?"$/, suffix);
      const body = { qty: (qty += 1) };
      const weak = { 'if-match': `W/${ifMatch}` };
      assert.equal((await api.call('PUT', `/carts/${cartId}/items/a`, { body, headers: weak })).status, 412);
      const strong = { 'if-match': ifMatch };
      assert.equal(
        (await api.call('PUT', `/carts/${cartId}/items/a`, { body, headers: strong })).status,
        200,
      );
      assert.equal(
        (await api.call('PUT', `/carts/${cartId}/items/a`, { body, headers: strong })).status,
        412,
      );
    }
  });
});
