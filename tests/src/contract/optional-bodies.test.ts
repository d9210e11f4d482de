import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client } from '../support/http.ts';
import { fetchOpenApi } from '../support/openapi.ts';
import { withSystem } from '../support/system.ts';

const OPTIONAL = [
  'POST /carts/{cartId}/checkout',
  'POST /carts/{cartId}/items/{productId}/accept-price',
] as const;

test('optional bodies are documented as optional, and an empty body of any type counts as absent', () =>
  withSystem(async ({ urls }) => {
    const { fill, openCart, putProduct } = client(urls.gateway);
    const { operations } = await fetchOpenApi(urls.cart);
    const optional = operations.filter(({ requestBody }) => requestBody?.required === false);
    assert.deepEqual(optional.map(({ method, path }) => `${method} ${path}`).toSorted(), OPTIONAL);

    await putProduct('mug');
    const ofTypes: Record<string, string>[] = [
      {},
      { 'content-type': 'application/json' },
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    ];
    for (const headers of ofTypes) {
      for (const isChunked of [false, true]) {
        const cartId = await openCart();
        await fill(cartId, { mug: 1 });
        for (const path of ['/items/mug/accept-price', '/hold', '/checkout']) {
          const body = isChunked ? { body: new Blob([]).stream(), duplex: 'half' as const } : {};
          const url = `${urls.gateway}/carts/${cartId}${path}`;
          const response = await fetch(url, { method: 'POST', headers, ...body });
          assert.equal(response.status, 200, `${path} ${JSON.stringify(headers)}: ${await response.text()}`);
        }
      }
    }
  }));

test('a chunked body of an unknown coding is rejected once it has a byte', () =>
  withSystem(async ({ urls }) => {
    const { openCart } = client(urls.cart);
    const cartId = await openCart();
    for (const type of ['application/json', 'text/plain']) {
      const { status } = await fetch(`${urls.cart}/carts/${cartId}/checkout`, {
        method: 'POST',
        headers: { 'content-type': type, 'content-encoding': 'gzip' },
        body: new Blob(['{}']).stream(),
        duplex: 'half',
      });
      assert.equal(status, 415, type);
    }
  }));
