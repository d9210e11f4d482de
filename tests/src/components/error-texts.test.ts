import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mintToken } from '@tandem/emulators/issuer';
import { client, type RequestOptions } from '../support/http.ts';
import { withSystem } from '../support/system.ts';

interface ProblemBody {
  readonly type: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  readonly rejected?: readonly { readonly reason: string }[];
}

/** Words of the libraries and of the engine, of no use to a shopper. */
const FOREIGN =
  /expected|received|invalid input|invalid option|too (?:big|small)|NaN|undefined|\[object|zod|fastify|FST_|ERR_|unrecognized|JSON\.parse|unexpected token|in JSON|\bat \/|node_modules|<=|>=/i;
/** A sentence that says what is wrong, and one that says what to do; the first may be a half, as "The body is not valid: …". */
const SENTENCES = /^[A-Z].*[.:;].* .*\.$/;

const product = { name: 'Mug', price: 1200, currency: 'EUR' };
const long = (length: number) => 'x'.repeat(length);

/** Bad values of every type. */
const values = [
  undefined,
  null,
  true,
  '',
  ' ',
  'x',
  long(5_000),
  -1,
  0,
  1.5,
  1e300,
  [],
  [1],
  {},
  '\ud800',
  '\0',
];
const fieldsOfProduct = [
  'name',
  'price',
  'currency',
  'description',
  'category',
  'imageUrl',
  'maxPerCart',
  'inventory',
];

const cases: [method: string, path: string, options?: RequestOptions][] = [
  ...values.flatMap((value): [string, string, RequestOptions][] => [
    ['POST', '/products', { body: value }],
    [
      'POST',
      '/products/import',
      { body: `${JSON.stringify(value) ?? ''}\n`, headers: { 'content-type': 'application/x-ndjson' } },
    ],
    ['POST', '/products/mug/stock', { body: { delta: value } }],
    ['POST', '/products/mug/stock', { body: { onHand: value, expectedOnHand: value } }],
    ['POST', '/carts/SCRATCH/items', { body: { productId: 'mug', qty: value } }],
    ['POST', '/carts/SCRATCH/items', { body: { productId: value, qty: 1 } }],
    ['PUT', '/carts/SCRATCH/items/mug', { body: { qty: value } }],
    ['POST', '/carts/SCRATCH/merge', { body: { fromCartId: value } }],
    ['POST', '/carts/EMPTY/checkout', { body: { totalAmount: value, currency: value } }],
    ['POST', '/carts/SCRATCH/items/mug/accept-price', { body: { price: value, currency: value } }],
    ...fieldsOfProduct.flatMap((field): [string, string, RequestOptions][] => [
      ['PUT', '/products/cup', { body: { ...product, [field]: value } }],
      ['PATCH', '/products/mug', { body: { [field]: value } }],
    ]),
  ]),
  ...['abc', '0', '101', '1.5', '-1', '1e3'].flatMap((limit): [string, string][] => [
    ['GET', `/products?limit=${limit}`],
    ['GET', `/carts?mine=true&limit=${limit}`],
    ['GET', `/analytics/products?limit=${limit}`],
  ]),
  ...[
    'cursor=x',
    `cursor=${long(2_001)}`,
    `category=${long(300)}`,
    'category=%20',
    'limit=1&limit=2',
    `ids=${long(201)}`,
  ].map((query): [string, string] => ['GET', `/products?${query}`]),
  ...['', 'mine=false', 'mine=true&status=merged', 'mine=true&cursor=x'].map((query): [string, string] => [
    'GET',
    `/carts?${query}`,
  ]),
  ...['from=x', 'from=2026-02-30', 'from=2026-02-02&to=2026-01-01', 'from=2020-01-01', 'to=0001-01-01'].map(
    (query): [string, string] => ['GET', `/analytics/funnel?${query}`],
  ),
  ...[`q=${long(101)}`, 'q=a%20b%20c%20d%20e%20f%20g%20h%20i', 'q=mug&cursor=x'].map(
    (query): [string, string] => ['GET', `/products?${query}`],
  ),
  ['GET', '/orders/0000-0000-0000'],
  ['GET', '/orders?cursor=x'],
  ['GET', '/products/none-of-these/holds'],
  ['GET', '/analytics/products?sort=x'],
  ['GET', '/analytics/products/unknown'],
  ['GET', '/nowhere'],
  ['GET', '/products/%ff'],
  ['GET', '/products/cup'],
  ['GET', '/carts/cup'],
  ['GET', `/products/${long(300)}`],
  ['GET', `/products/${long(1_500)}`],
  ['GET', '/products/mug', { headers: { 'if-none-match': 'mug' } }],
  ['PUT', '/products', { body: {} }],
  ['DELETE', '/carts'],
  ['PATCH', '/products/mug', { body: { more: 1, other: 2 } }],
  ['PATCH', '/products/mug', { body: { version: 1, held: 1 } }],
  ['PATCH', '/products/mug', { body: { price: 1 }, headers: { 'if-match': '"99"' } }],
  ['PUT', '/products/cup', { body: product, headers: { 'if-match': '*' } }],
  ['PUT', `/products/${long(129)}`, { body: product }],
  ['POST', '/products', { body: { ...product, productId: 'mug' } }],
  ['POST', '/products', { body: product, token: false }],
  ['POST', '/products', { body: product, token: 'nonsense' }],
  ['POST', '/products', { body: product, headers: { 'idempotency-key': long(256) } }],
  ['POST', '/products', { body: product, headers: { authorization: 'Basic x' } }],
  ['POST', '/products', { body: '{"name"' }],
  ['POST', '/products', { body: `${'['.repeat(100)}${']'.repeat(100)}` }],
  ['POST', '/products', { body: '{"__proto__":1}' }],
  ['POST', '/products', { body: long(70_000) }],
  ['POST', '/products', { body: 'x', headers: { 'content-type': 'text/plain' } }],
  ['POST', '/products/mug/stock', { body: { delta: -11 } }],
  ['POST', '/products/mug/stock', { body: { onHand: 1, expectedOnHand: 2 } }],
  ['POST', '/products/cup/stock', { body: { delta: 1 } }],
  ['POST', '/carts', { headers: { 'if-match': '*' } }],
  ['POST', '/carts/CART/items', { body: { productId: 'cup', qty: 1 } }],
  ['POST', '/carts/CART/items', { body: { productId: 'mug', qty: 11 } }],
  ['POST', '/carts/CART/items', { body: { productId: 'last', qty: 2 } }],
  ['POST', '/carts/CART/items', { body: { productId: 'none', qty: 1 } }],
  ['POST', '/carts/CART/items', { body: { productId: 'single', qty: 2 } }],
  ['POST', '/carts/CART/items', { body: { productId: 'dollar', qty: 1 } }],
  ['PUT', '/carts/CART/items/mug', { body: { qty: 1 }, headers: { 'if-match': '"x"' } }],
  ['POST', '/carts/CART/items/cup/accept-price'],
  ['POST', '/carts/CART/items/mug/accept-price', { body: { price: 1 } }],
  ['POST', '/carts/CART/checkout', { body: { totalAmount: 1 } }],
  ['POST', '/carts/EMPTY/checkout'],
  ['POST', '/carts/CART/merge', { body: { fromCartId: 'CART' } }],
  ['POST', '/carts/CART/merge', { body: { fromCartId: 'unknown' } }],
];

test('every error text is plain English that says what is wrong, and then what to do (contract, section 6)', async () => {
  await withSystem(async ({ urls: { gateway } }) => {
    const api = client(gateway);
    const figures = await mintToken({ subject: 'f', scopes: ['analytics:read', 'orders:read'] });
    await api.putProduct('mug', { inventory: 10 });
    await api.putProduct('last', { inventory: 1 });
    await api.putProduct('none', { inventory: 0 });
    await api.putProduct('single', { maxPerCart: 1 });
    await api.putProduct('dollar', { currency: 'USD' });
    const ids = { CART: await api.openCart(), EMPTY: await api.openCart(), SCRATCH: await api.openCart() };
    await api.fill(ids.CART, { mug: 1 });
    await api.untilKnown('last', 'none', 'single');
    const named = (text: string) =>
      text.replaceAll(/CART|EMPTY|SCRATCH/g, (name) => ids[name as keyof typeof ids]);
    const codes = new Set<string>();
    for (const [method, path, { body, ...options } = {}] of cases) {
      const response = await api.call<Partial<ProblemBody>>(method, named(path), {
        ...(/^\/(analytics|orders|products\/.*\/holds)/.test(path) && { token: figures }),
        ...(path.startsWith('/carts?') && { token: figures }),
        ...options,
        ...(body !== undefined && { body: named(typeof body === 'string' ? body : JSON.stringify(body)) }),
      });
      const name = `${method} ${path} ${JSON.stringify(body)?.slice(0, 80)}`;
      const { status, detail = '', errors = [], rejected = [], type = '' } = response.body;
      assert.ok(response.status < 500, `${name}: ${response.status}`);
      for (const { reason } of rejected) assert.doesNotMatch(reason, FOREIGN, name);
      if (response.status < 400) continue;
      codes.add(type.replace('urn:tandem:problem:', ''));
      assert.equal(status, response.status);
      assert.match(detail, SENTENCES, name);
      assert.doesNotMatch(detail, FOREIGN, name);
      for (const error of errors) {
        assert.doesNotMatch(error.detail, FOREIGN, name);
        assert.match(error.detail, /^(?:must|is|has|does) /, name);
      }
    }
    const missing = [
      'invalid-input',
      'malformed-json',
      'body-too-large',
      'unsupported-media-type',
      'invalid-token',
      'malformed-url',
      'url-too-long',
      'method-not-allowed',
      'invalid-cursor',
      'invalid-range',
      'nested-too-deeply',
      'token-missing',
      'precondition-failed',
      'malformed-precondition',
      'product-exists',
      'insufficient-stock',
      'stock-changed',
      'product-not-found',
      'cart-not-found',
      'order-not-found',
      'quantity-limit',
      'currency-mismatch',
      'total-changed',
      'price-changed',
      'cart-empty',
      'line-not-found',
      'same-cart',
    ].filter((code) => !codes.has(code));
    assert.deepEqual(missing, [], `of ${[...codes].join(', ')}`);
  });
});
