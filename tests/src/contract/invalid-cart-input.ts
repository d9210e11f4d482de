import { type InvalidRequest, mug } from './invalid-input.ts';

const large = JSON.stringify({ ...mug, description: 'x'.repeat(70_000) });

/** Invalid requests to Cart. `CART` in a path stands for an open cart with a product in euro. */
export const carts: readonly InvalidRequest[] = [
  { name: 'a missing cart', request: ['GET', '/carts/none'], status: 404 },
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
  ...(
    [
      ['POST', '/carts/CART/items', { productId: 'cup', qty: 1, price: 1 }],
      ['PUT', '/carts/CART/items/cup', { qty: 1, price: 1 }],
      ['POST', '/carts/CART/items/cup/accept-price', { price: 1200, priceAtAdd: 1 }],
      ['POST', '/carts/CART/merge', { fromCartId: 'none', price: 1 }],
      ['POST', '/carts/CART/checkout', { total: 1 }],
    ] as const
  ).map(([method, path, fields]): InvalidRequest => ({
    name: `an unknown field: ${method} ${path} (core 3)`,
    request: [method, path, { body: fields }],
    status: 400,
    pointer: `/${Object.keys(fields).at(-1)}`,
  })),
  {
    name: 'a price as a string',
    request: ['POST', '/carts/CART/items/cup/accept-price', { body: { price: '1200' } }],
    status: 400,
    pointer: '/price',
  },
  {
    name: 'a total that is null',
    request: ['POST', '/carts/CART/checkout', { body: { totalAmount: null } }],
    status: 400,
    pointer: '/totalAmount',
  },
  {
    name: 'an If-Match of another cart',
    request: [
      'POST',
      '/carts/CART/items',
      { body: { productId: 'cup', qty: 1 }, headers: { 'if-match': '"7"' } },
    ],
    status: 412,
  },
  { name: 'a hold of a missing cart', request: ['POST', '/carts/none/hold'], status: 404 },
  { name: 'an invalid token', request: ['POST', '/carts', { token: 'a.b.c' }], status: 401 },
  {
    name: 'an unknown product',
    request: ['POST', '/carts/CART/items', { body: { productId: 'none', qty: 1 } }],
    status: 404,
  },
  {
    name: 'the quantity of an unknown product',
    request: ['PUT', '/carts/CART/items/none', { body: { qty: 1 } }],
    status: 404,
  },
  {
    name: 'more than the available units',
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
    name: 'a form as body',
    request: [
      'POST',
      '/carts/CART/items',
      { body: 'qty=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ],
    status: 415,
  },
];
