import type { RequestOptions } from '../support/http.ts';

/** Invalid request and its expected problem. */
export interface InvalidRequest {
  readonly name: string;
  readonly request: readonly [method: string, path: string, options?: RequestOptions];
  readonly status: number;
  /** Pointer of the first error. */
  readonly pointer?: string;
  readonly headers?: Readonly<Record<string, RegExp>>;
}

/** Valid product. */
export const mug = { name: 'Mug', price: 1200, currency: 'EUR', inventory: 10 };
const json = { 'content-type': 'application/json' };
const large = JSON.stringify({ ...mug, description: 'x'.repeat(70_000) });
const body = (fields: object) => ({ body: { ...mug, ...fields } });

/** Invalid requests to Product. */
export const products: readonly InvalidRequest[] = [
  { name: 'malformed JSON', request: ['POST', '/products', { body: '{"name":' }], status: 400 },
  { name: 'an empty body', request: ['POST', '/products', { headers: json }], status: 400 },
  {
    name: 'JSON that is not an object',
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
    name: 'a price as a string',
    request: ['POST', '/products', body({ price: '1' })],
    status: 400,
    pointer: '/price',
  },
  {
    name: 'a price beyond the maximum',
    request: ['POST', '/products', body({ price: 90_000_000_001 })],
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
  ...['\u200B', '\u3164', '\u{E0041}', 'Mug\u001B[2J', 'Mug\nCup'].map((name) => ({
    name: `a name that is invisible or no line: ${JSON.stringify(name)}`,
    request: ['PUT', '/products/mug', body({ name })] as const,
    status: 400,
    pointer: '/name',
  })),
  ...['javascript:alert(1)', 'data:image/svg+xml,x', '//evil.example/x.png', '/\\evil.example'].map(
    (imageUrl) => ({
      name: `an image of another scheme or host: ${imageUrl} (interop A20, security 17)`,
      request: ['PATCH', '/products/mug', { body: { imageUrl } }] as const,
      status: 400,
      pointer: '/imageUrl',
    }),
  ),
  {
    name: 'a category of 256 characters',
    request: ['PUT', '/products/mug', body({ category: 'x'.repeat(256) })],
    status: 400,
    pointer: '/category',
  },
  {
    name: 'an invisible category as filter',
    request: ['GET', '/products?category=%E2%80%8B'],
    status: 400,
    pointer: '?category',
  },
  {
    name: 'a name that is too long because of its blanks',
    request: ['PUT', '/products/mug', body({ name: `Mug${' '.repeat(198)}` })],
    status: 400,
    pointer: '/name',
  },
  {
    name: 'an unpaired surrogate',
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
    name: 'a fraction as delta',
    request: ['POST', '/products/mug/stock', { body: { delta: 0.5 } }],
    status: 400,
    pointer: '/delta',
  },
  ...(
    [
      ['POST', '/products', { ...mug, inventroy: 5 }, '/inventroy'],
      ['POST', '/products', { ...mug, onHand: 5 }, '/onHand'],
      ['PUT', '/products/mug', { ...mug, inventroy: 5 }, '/inventroy'],
      ['PATCH', '/products/mug', { prise: 5 }, '/prise'],
      ['PATCH', '/products/mug', { 'a/b~c': 5 }, '/a~1b~0c'],
      ['POST', '/products/mug/stock', { delta: 1, reason: 'found' }, '/reason'],
    ] as const
  ).map(([method, path, fields, pointer]): InvalidRequest => ({
    name: `an unknown field: ${method} ${path} with ${pointer} (core 3)`,
    request: [method, path, { body: fields }],
    status: 400,
    pointer,
  })),
  ...['inventory', 'onHand', 'held', 'version', 'productId', 'createdAt', 'updatedAt'].map(
    (field): InvalidRequest => ({
      name: `a patch of ${field}, which the server manages`,
      request: ['PATCH', '/products/mug', { body: { [field]: 5 } }],
      status: 400,
      pointer: `/${field}`,
    }),
  ),
  ...[{}, { delta: 1, onHand: 1 }, { expectedOnHand: 1 }, { delta: 1, expectedOnHand: 1 }].map(
    (fields): InvalidRequest => ({
      name: `a stock change of ${JSON.stringify(fields)}`,
      request: ['POST', '/products/mug/stock', { body: fields }],
      status: 400,
      pointer: '',
    }),
  ),
  {
    name: 'a count that expects another stock',
    request: ['POST', '/products/mug/stock', { body: { onHand: 5, expectedOnHand: 4 } }],
    status: 409,
  },
  {
    name: 'a maxPerCart of 0',
    request: ['PUT', '/products/mug', body({ maxPerCart: 0 })],
    status: 400,
    pointer: '/maxPerCart',
  },
  { name: 'a limit of 0', request: ['GET', '/products?limit=0'], status: 400, pointer: '?limit' },
  { name: 'a limit of 101', request: ['GET', '/products?limit=101'], status: 400, pointer: '?limit' },
  {
    name: 'a limit that is not a number',
    request: ['GET', '/products?limit=ten'],
    status: 400,
    pointer: '?limit',
  },
  { name: 'an invented cursor', request: ['GET', '/products?cursor=abc'], status: 400 },
  {
    name: '101 ids',
    request: ['GET', `/products?ids=${Array.from({ length: 101 }, (_, i) => i).join(',')}`],
    status: 400,
    pointer: '?ids',
  },
  { name: 'empty ids', request: ['GET', '/products?ids=,'], status: 400, pointer: '?ids' },
  { name: 'an invalid percent-encoding', request: ['GET', '/products/%zz'], status: 400 },
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
    name: 'an invalid token',
    request: ['POST', '/products', { body: mug, token: 'abc' }],
    status: 401,
    headers: { 'www-authenticate': /invalid_token/ },
  },
  { name: 'a missing product', request: ['GET', '/products/none'], status: 404 },
  { name: 'an unknown path', request: ['GET', '/products/a/b/c'], status: 404 },
  {
    name: 'a patch of a missing product',
    request: ['PATCH', '/products/none', { body: { price: 1 } }],
    status: 404,
  },
  {
    name: 'a second product with the same id',
    request: ['POST', '/products', body({ productId: 'mug' })],
    status: 409,
  },
  {
    name: 'more than the stock on hand',
    request: ['POST', '/products/mug/stock', { body: { delta: -11 } }],
    status: 409,
  },
  {
    name: 'an outdated If-Match',
    request: ['PUT', '/products/mug', { body: mug, headers: { 'if-match': '"7"' } }],
    status: 412,
  },
  {
    name: 'If-None-Match on an existing product',
    request: ['PUT', '/products/mug', { body: mug, headers: { 'if-none-match': '*' } }],
    status: 412,
  },
  {
    name: 'If-Match on a missing product',
    request: ['DELETE', '/products/none', { headers: { 'if-match': '*' } }],
    status: 412,
  },
  { name: 'a body over 64 KiB', request: ['POST', '/products', { body: large }], status: 413 },
  {
    name: 'an XML body',
    request: ['POST', '/products', { body: '<a/>', headers: { 'content-type': 'text/xml' } }],
    status: 415,
  },
  {
    name: 'a merge patch for a PUT',
    request: [
      'PUT',
      '/products/mug',
      { ...body({}), headers: { 'content-type': 'application/merge-patch+json' } },
    ],
    status: 415,
  },
  { name: 'an empty import', request: ['POST', '/products/import'], status: 400, pointer: '' },
  {
    name: 'an import with the content type of JSON',
    request: ['POST', '/products/import', { body: mug }],
    status: 415,
  },
];
