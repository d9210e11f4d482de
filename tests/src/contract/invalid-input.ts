import type { RequestOptions } from '../support/http.ts';

/** A request that must be refused, and how. */
export interface Case {
  readonly name: string;
  readonly request: readonly [method: string, path: string, sent?: RequestOptions];
  readonly status: number;
  /** The pointer of the first fault. */
  readonly pointer?: string;
  readonly headers?: Readonly<Record<string, RegExp>>;
}

/** A product whose fields are all right. */
export const mug = { name: 'Mug', price: 1200, currency: 'EUR', inventory: 10 };
const json = { 'content-type': 'application/json' };
const large = JSON.stringify({ ...mug, description: 'x'.repeat(70_000) });
const body = (fields: object) => ({ body: { ...mug, ...fields } });

export const products: readonly Case[] = [
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
    name: 'a name that is too long with its blanks',
    request: ['PUT', '/products/mug', body({ name: `Mug${' '.repeat(198)}` })],
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
  ...(
    [
      ['POST', '/products', { ...mug, inventroy: 5 }, '/inventroy'],
      ['POST', '/products', { ...mug, onHand: 5 }, '/onHand'],
      ['PUT', '/products/mug', { ...mug, inventroy: 5 }, '/inventroy'],
      ['PATCH', '/products/mug', { prise: 5 }, '/prise'],
      ['PATCH', '/products/mug', { 'a/b~c': 5 }, '/a~1b~0c'],
      ['POST', '/products/mug/stock', { delta: 1, reason: 'found' }, '/reason'],
    ] as const
  ).map(([method, path, fields, pointer]): Case => ({
    name: `an unknown field: ${method} ${path} with ${pointer} (core 3)`,
    request: [method, path, { body: fields }],
    status: 400,
    pointer,
  })),
  ...['inventory', 'onHand', 'held', 'version', 'productId', 'createdAt', 'updatedAt'].map((field): Case => ({
    name: `a patch of ${field}, which the server manages`,
    request: ['PATCH', '/products/mug', { body: { [field]: 5 } }],
    status: 400,
    pointer: `/${field}`,
  })),
  ...[{}, { delta: 1, onHand: 1 }, { expectedOnHand: 1 }, { delta: 1, expectedOnHand: 1 }].map(
    (fields): Case => ({
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
  { name: 'ids that are none', request: ['GET', '/products?ids=,'], status: 400, pointer: '?ids' },
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
  {
    name: 'a merge patch where none is asked for',
    request: [
      'PUT',
      '/products/mug',
      { ...body({}), headers: { 'content-type': 'application/merge-patch+json' } },
    ],
    status: 415,
  },
  { name: 'an import of nothing', request: ['POST', '/products/import'], status: 400, pointer: '' },
  { name: 'an import that is JSON', request: ['POST', '/products/import', { body: mug }], status: 415 },
];
