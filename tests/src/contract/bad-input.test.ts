import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mintToken } from '@tandem/local/issuer';
import { type Answer, client, type Sent } from '../support/http.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

interface Case {
  readonly name: string;
  readonly request: readonly [method: string, path: string, sent?: Sent];
  readonly status: number;
  /** The pointer of the first fault. */
  readonly pointer?: string;
  readonly headers?: Readonly<Record<string, RegExp>>;
}

const mug = { name: 'Mug', price: 1200, currency: 'EUR', inventory: 10 };
const json = { 'content-type': 'application/json' };
const large = JSON.stringify({ ...mug, description: 'x'.repeat(70_000) });
const body = (fields: object) => ({ body: { ...mug, ...fields } });

const products: readonly Case[] = [
  { name: 'malformed JSON', request: ['POST', '/products', { body: '{"name":' }], status: 400 },
  { name: 'an empty body', request: ['POST', '/products', { headers: json }], status: 400 },
  {
    name: 'JSON that is no object',
    request: ['POST', '/products', { body: '[1]' }],
    status: 400,
    pointer: '',
  },
  {
    name: 'a missing field',
    request: ['POST', '/products', { body: { name: 'Mug' } }],
    status: 400,
    pointer: '/price',
  },
  {
    name: 'a fraction of a cent',
    request: ['POST', '/products', body({ price: 1.5 })],
    status: 400,
    pointer: '/price',
  },
  {
    name: 'a negative price',
    request: ['POST', '/products', body({ price: -1 })],
    status: 400,
    pointer: '/price',
  },
  {
    name: 'a price as text',
    request: ['POST', '/products', body({ price: '1' })],
    status: 400,
    pointer: '/price',
  },
  {
    name: 'a price beyond reason',
    request: ['POST', '/products', body({ price: 1e300 })],
    status: 400,
    pointer: '/price',
  },
  {
    name: 'a currency in lower case',
    request: ['POST', '/products', body({ currency: 'eur' })],
    status: 400,
    pointer: '/currency',
  },
  {
    name: 'negative stock',
    request: ['PUT', '/products/mug', body({ inventory: -1 })],
    status: 400,
    pointer: '/inventory',
  },
  {
    name: 'an empty name',
    request: ['PUT', '/products/mug', body({ name: ' ' })],
    status: 400,
    pointer: '/name',
  },
  {
    name: 'half a surrogate pair',
    request: ['PUT', '/products/mug', { body: JSON.stringify({ ...mug, category: '\uD800x' }) }],
    status: 400,
    pointer: '/category',
  },
  {
    name: 'an id with blanks',
    request: ['PUT', '/products/a%20b', body({})],
    status: 400,
    pointer: '{productId}',
  },
  {
    name: 'a name patched to null',
    request: ['PATCH', '/products/mug', { body: { name: null } }],
    status: 400,
    pointer: '/name',
  },
  {
    name: 'a delta of a half',
    request: ['POST', '/products/mug/stock', { body: { delta: 0.5 } }],
    status: 400,
    pointer: '/delta',
  },
  { name: 'a limit of 0', request: ['GET', '/products?limit=0'], status: 400, pointer: '?limit' },
  { name: 'a limit of 101', request: ['GET', '/products?limit=101'], status: 400, pointer: '?limit' },
  {
    name: 'a limit that is no number',
    request: ['GET', '/products?limit=ten'],
    status: 400,
    pointer: '?limit',
  },
  { name: 'a cursor of one’s own', request: ['GET', '/products?cursor=abc'], status: 400 },
  {
    name: '101 ids',
    request: ['GET', `/products?ids=${Array.from({ length: 101 }, (_, i) => i).join(',')}`],
    status: 400,
    pointer: '?ids',
  },
  { name: 'a broken percent-encoding', request: ['GET', '/products/%zz'], status: 400 },
  {
    name: 'a malformed If-Match',
    request: ['PATCH', '/products/mug', { body: {}, headers: { 'if-match': '7' } }],
    status: 400,
  },
  {
    name: 'no token',
    request: ['POST', '/products', { body: mug, token: false }],
    status: 401,
    headers: { 'www-authenticate': /^Bearer/ },
  },
  {
    name: 'a token that is none',
    request: ['POST', '/products', { body: mug, token: 'abc' }],
    status: 401,
    headers: { 'www-authenticate': /invalid_token/ },
  },
  { name: 'a product that is not there', request: ['GET', '/products/none'], status: 404 },
  { name: 'a path that is not there', request: ['GET', '/products/a/b/c'], status: 404 },
  {
    name: 'a patch of what is not there',
    request: ['PATCH', '/products/none', { body: { price: 1 } }],
    status: 404,
  },
  {
    name: 'a second product of the id',
    request: ['POST', '/products', body({ productId: 'mug' })],
    status: 409,
  },
  {
    name: 'more than is in stock',
    request: ['POST', '/products/mug/stock', { body: { delta: -11 } }],
    status: 409,
  },
  {
    name: 'an old If-Match',
    request: ['PUT', '/products/mug', { body: mug, headers: { 'if-match': '"7"' } }],
    status: 412,
  },
  {
    name: 'If-None-Match on what is there',
    request: ['PUT', '/products/mug', { body: mug, headers: { 'if-none-match': '*' } }],
    status: 412,
  },
  {
    name: 'If-Match on what is not there',
    request: ['DELETE', '/products/none', { headers: { 'if-match': '*' } }],
    status: 412,
  },
  { name: 'a body over 64 KiB', request: ['POST', '/products', { body: large }], status: 413 },
  {
    name: 'a body that is XML',
    request: ['POST', '/products', { body: '<a/>', headers: { 'content-type': 'text/xml' } }],
    status: 415,
  },
  { name: 'an import that is JSON', request: ['POST', '/products/import', { body: mug }], status: 415 },
];

const carts: readonly Case[] = [
  { name: 'a cart that is not there', request: ['GET', '/carts/none'], status: 404 },
  {
    name: 'a quantity of 0',
    request: ['POST', '/carts/CART/items', { body: { productId: 'mug', qty: 0 } }],
    status: 400,
    pointer: '/qty',
  },
  {
    name: 'a quantity of 1000',
    request: ['PUT', '/carts/CART/items/mug', { body: { qty: 1000 } }],
    status: 400,
    pointer: '/qty',
  },
  {
    name: 'a negative quantity',
    request: ['PUT', '/carts/CART/items/mug', { body: { qty: -1 } }],
    status: 400,
    pointer: '/qty',
  },
  {
    name: 'no product',
    request: ['POST', '/carts/CART/items', { body: { qty: 1 } }],
    status: 400,
    pointer: '/productId',
  },
  { name: 'malformed JSON', request: ['POST', '/carts/CART/items', { body: '{' }], status: 400 },
  { name: 'an invalid token', request: ['POST', '/carts', { token: 'a.b.c' }], status: 401 },
  {
    name: 'an unknown product',
    request: ['POST', '/carts/CART/items', { body: { productId: 'none', qty: 1 } }],
    status: 404,
  },
  {
    name: 'an unknown product set',
    request: ['PUT', '/carts/CART/items/none', { body: { qty: 1 } }],
    status: 404,
  },
  {
    name: 'more than can be had',
    request: ['POST', '/carts/CART/items', { body: { productId: 'mug', qty: 11 } }],
    status: 409,
  },
  {
    name: 'another currency',
    request: ['POST', '/carts/CART/items', { body: { productId: 'dollar', qty: 1 } }],
    status: 409,
  },
  { name: 'a body over 64 KiB', request: ['POST', '/carts/CART/items', { body: large }], status: 413 },
  {
    name: 'a body that is a form',
    request: [
      'POST',
      '/carts/CART/items',
      { body: 'qty=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ],
    status: 415,
  },
];

function assertProblem({ status, headers, body: problem }: Answer, expected: Case): void {
  assert.equal(status, expected.status, JSON.stringify(problem));
  assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/);
  assert.equal(problem['status'], expected.status);
  assert.equal(problem['requestId'], headers.get('x-request-id'));
  for (const field of ['type', 'title', 'detail']) assert.equal(typeof problem[field], 'string', field);
  if (expected.pointer !== undefined) {
    const [fault] = problem['errors'] as readonly { pointer: string; detail: string }[];
    assert.equal(fault?.pointer, expected.pointer);
  }
  for (const [name, pattern] of Object.entries(expected.headers ?? {}))
    assert.match(headers.get(name) ?? '', pattern);
}

test('every bad input is answered by a problem that says what is wrong', async (t) => {
  await withSystem(async ({ urls }) => {
    const { call, putProduct, openCart, add } = client(urls.gateway);
    await putProduct('mug', mug);
    await putProduct('cup', mug);
    await putProduct('dollar', { ...mug, currency: 'USD' });
    const cartId = await openCart();
    const answers = (productId: string, expected: number) =>
      until(
        () => add(cartId, productId, 1),
        ({ status }) => status === expected,
      );
    await answers('cup', 200);
    await answers('dollar', 409);

    for (const [service, cases] of Object.entries({ products, carts })) {
      for (const bad of cases) {
        await t.test(`${service}: ${bad.name}`, async () => {
          const [method, path, sent] = bad.request;
          assertProblem(await call(method, path.replace('CART', cartId), sent), bad);
        });
      }
    }

    await t.test('products: a token without the scope', async () => {
      const token = await mintToken({ subject: 'someone', scopes: ['products:read'] });
      const request = ['POST', '/products', { body: mug, token }] as const;
      assertProblem(await call(...request), { name: '', request, status: 403 });
    });

    await t.test("carts: a user's cart is not there for anybody else", async () => {
      const token = await mintToken({ subject: 'owner', scopes: [] });
      const { body } = await call('POST', '/carts', { token });
      const path = `/carts/${String(body['cartId'])}`;
      assert.equal((await call('GET', path, { token })).status, 200);
      const stranger = await mintToken({ subject: 'stranger', scopes: [] });
      for (const other of [false, stranger] as const) {
        for (const method of ['GET', 'DELETE']) {
          const request = [method, path, { token: other }] as const;
          assertProblem(await call(...request), { name: '', request, status: 404 });
        }
      }
    });

    await t.test('carts: a deleted product', async () => {
      await call('DELETE', '/products/mug');
      const request = ['POST', `/carts/${cartId}/items`, { body: { productId: 'mug', qty: 1 } }] as const;
      const answer = await until(
        () => call(...request),
        ({ status }) => status !== 200,
      );
      assertProblem(answer, { name: '', request, status: 409 });
    });
  });
});
