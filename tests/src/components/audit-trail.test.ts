import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '@tandem/chassis/logger';
import { mintToken } from '@tandem/emulators/issuer';
import { assemble } from '@tandem/local/system/assemble';
import { assemblyOptions } from '../support/assembly.ts';
import { client } from '../support/http.ts';
import { startMessaging } from '../support/messaging.ts';

type Line = Readonly<Record<string, unknown>>;

/** Product and Cart, with the lines that they log. */
async function startServices(stack: AsyncDisposableStack) {
  const lines: Line[] = [];
  const { endpoint } = stack.use(await startMessaging());
  const assemblies = stack.use(
    await assemble({
      ...assemblyOptions(endpoint),
      loggerOf: (name) =>
        createLogger({
          name,
          level: 'info',
          destination: { write: (line) => lines.push(JSON.parse(line) as Line) },
        }),
    }),
  );
  const start = async (service: 'product' | 'cart') => {
    const started = await assemblies[service].createService();
    const { url } = await started.start({ host: '127.0.0.1', port: 0 });
    stack.defer(() => started.stop());
    return client(url);
  };
  return { product: await start('product'), cart: await start('cart'), lines };
}

test('every write of the catalog and every rejection is in the audit trail, and no secret of a cart (security 10)', async () => {
  await using stack = new AsyncDisposableStack();
  const { product, cart, lines } = await startServices(stack);
  const editor = await mintToken({ subject: 'editor', scopes: ['products:write'] });
  const shopper = await mintToken({ subject: 'shopper', scopes: [] });
  const write = (method: string, path: string, body?: unknown, headers = {}) =>
    product.call(method, path, {
      headers: { authorization: `Bearer ${editor}`, ...headers },
      ...(body === undefined ? {} : { body }),
    });
  const mug = { name: 'Mug', price: 1200, currency: 'EUR', inventory: 10 };
  await write('POST', '/products', { ...mug, productId: 'mug' }, { 'idempotency-key': 'create-the-mug' });
  await write('POST', '/products', { ...mug, productId: 'mug' }, { 'idempotency-key': 'create-the-mug' });
  await write('PUT', '/products/mug', { ...mug, name: 'Cup' });
  await write('PATCH', '/products/mug', { price: 1500 });
  await write('POST', '/products/mug/stock', { delta: 5 });
  await write('POST', '/products/mug/stock', { delta: -500 });
  await write('DELETE', '/products/mug');
  const rows = `${JSON.stringify({ ...mug, productId: 'jug' })}\n{"productId":"bad"}\n`;
  await write('POST', '/products/import', rows, { 'content-type': 'application/x-ndjson' });
  await product.call('PUT', '/products/mug', { token: shopper, body: mug });
  const opened = await cart.call<{ cartId: string }>('POST', '/carts', { token: false });
  const { cartId } = opened.body;
  await cart.call('GET', `/carts/${cartId}`, { token: 'garbage' });
  await cart.call('POST', `/carts/${cartId}/items`, { token: 'garbage', body: { productId: 'mug', qty: 1 } });

  const trail = lines.filter(({ audit }) => audit === true);
  assert.deepEqual(
    trail.map(({ action, resource, status, version, subject, reason }) =>
      [action, resource, status, version, subject, reason]
        .filter((field) => field !== undefined)
        .map(String)
        .join(' '),
    ),
    [
      'POST /products mug 201 1 editor',
      'POST /products mug 201 1 editor',
      'PUT /products/:productId mug 200 2 editor',
      'PATCH /products/:productId mug 200 3 editor',
      'POST /products/:productId/stock mug 200 4 editor',
      'POST /products/:productId/stock mug 409 editor insufficient-stock',
      'DELETE /products/:productId mug 204 5 editor',
      'POST /products/import 200 editor',
      'PUT /products/:productId mug 403 shopper insufficient-scope',
      'GET /carts/:cartId 401 invalid-token: ERR_JWS_INVALID',
      'POST /carts/:cartId/items 401 invalid-token: ERR_JWS_INVALID',
    ],
  );
  assert.deepEqual(
    trail.map(({ replayed }) => replayed).filter((replayed) => replayed !== undefined),
    [true],
  );
  assert.deepEqual(trail[7]?.['counts'], { created: 1, updated: 0, unchanged: 0, rejected: 1 });
  assert.equal(trail[0]?.['client'], '127.0.0.1');
  const text = JSON.stringify(lines);
  for (const secret of [cartId, editor, shopper, 'create-the-mug', 'garbage'])
    assert.ok(!text.includes(secret), secret);
});
