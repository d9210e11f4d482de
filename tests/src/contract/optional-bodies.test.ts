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
    const { call, fill, openCart, putProduct } = client(urls.gateway);
    const { operations } = await fetchOpenApi(urls.cart);
    const optional = operations.filter(({ requestBody }) => requestBody?.required === false);
    assert.deepEqual(optional.map(({ method, path }) => `${method} ${path}`).toSorted(), OPTIONAL);

    await putProduct('mug');
    for (const headers of [{}, { 'content-type': 'application/json' }, { 'content-type': 'text/plain' }]) {
      const cartId = await openCart();
      await fill(cartId, { mug: 1 });
      for (const path of ['/items/mug/accept-price', '/hold', '/checkout']) {
        const { status, text } = await call('POST', `/carts/${cartId}${path}`, { headers });
        assert.equal(status, 200, `${path} ${JSON.stringify(headers)}: ${text}`);
      }
    }
  }));
