import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client } from '../support/http.ts';
import { withSystem } from '../support/system.ts';

interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly requestBody?: { readonly required?: boolean } }>>>
  >;
}

const OPTIONAL = [
  'POST /carts/{cartId}/checkout',
  'POST /carts/{cartId}/items/{productId}/accept-price',
] as const;

test('optional bodies are documented as optional, and an empty body of any type counts as absent', () =>
  withSystem(async ({ urls }) => {
    const { call, fill, openCart, putProduct } = client(urls.gateway);
    const { paths } = (await client(urls.cart).call<Document>('GET', '/openapi.json')).body;
    const found = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { requestBody }]) =>
        requestBody?.required === false ? [`${method.toUpperCase()} ${path}`] : [],
      ),
    );
    assert.deepEqual(found.toSorted(), OPTIONAL);

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
