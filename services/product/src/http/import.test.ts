import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import { createSampleApp } from '@tandem/chassis/http/testing';
import { createTable } from '@tandem/storage/create-table';
import { openSqlite } from '@tandem/storage/sqlite';
import { live } from '../domain/product.ts';
import { productKey } from '../store/entity-types.ts';
import { createProducts } from '../application/products.ts';
import { registerImport } from './import.ts';

const headers = { authorization: 'Bearer x', 'content-type': 'application/x-ndjson' };
const lineOf = (productId: string) =>
  `${JSON.stringify({ productId, name: 'Mug', price: 1200, currency: 'EUR' })}\n`;

/** An import whose store is not available for the product `broken` until `repair`; `untilAudited` resolves to the audit line. */
async function openImport(t: TestContext) {
  let isBroken = true;
  const { driver, close } = openSqlite(':memory:');
  const table = createTable(driver, { now: Date.now });
  const products = createProducts({ table, now: () => new Date().toISOString() });
  const imported = Promise.withResolvers<void>();
  const auth = { authenticate: async () => ({ subject: 'editor', scopes: new Set(['products:write']) }) };
  const { app, logLines } = await createSampleApp({ auth, validateResponses: false });
  await registerImport(app, {
    table,
    products: {
      import: async (request, productId, ...fields) => {
        if (isBroken && productId === 'broken')
          throw new DomainError('unavailable', 'throttled', 'Retry later.');
        const written = await products.import(request, productId, ...fields);
        imported.resolve();
        return written;
      },
    },
  });
  t.after(async () => {
    await app.close();
    close();
  });
  const untilAudited = async () => {
    for (;;) {
      const line = logLines.find(({ audit }) => audit === true);
      if (line !== undefined) return line;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const repair = () => void (isBroken = false);
  return { app, logLines, imported: imported.promise, untilAudited, repair, table, products };
}

test(
  'the audit line of an import that fails midway counts what was written',
  { timeout: 20_000 },
  async (t) => {
    const { app, untilAudited } = await openImport(t);
    const payload = ['a', 'b', 'a', '!', 'broken', 'c', 'd'].map(lineOf).join('');
    const { statusCode } = await app.inject({ method: 'POST', url: '/products/import', headers, payload });
    assert.equal(statusCode, 503);
    const { status, counts } = await untilAudited();
    const { created, rejected, updated, unchanged } = counts as Record<string, number>;
    assert.deepEqual([status, rejected, updated, unchanged], [503, 1, 0, 1]);
    assert.equal(created, 4, 'lines that were being written are counted too');
  },
);

test(
  'the audit line of an import whose client disconnects counts what was written',
  { timeout: 20_000 },
  async (t) => {
    const { app, imported, untilAudited } = await openImport(t);
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const request = httpRequest({ port, method: 'POST', path: '/products/import', headers });
    request.on('error', () => undefined);
    request.write(lineOf('a'));
    await imported;
    request.destroy();
    assert.deepEqual((await untilAudited())['counts'], { created: 1, updated: 0, unchanged: 0, rejected: 0 });
  },
);

test('the audit line of a replayed import has the counts of its response', async (t) => {
  const { app, logLines } = await openImport(t);
  const request = {
    method: 'POST',
    url: '/products/import',
    headers: { ...headers, 'idempotency-key': 'once' },
    payload: lineOf('a'),
  } as const;
  for (let i = 0; i < 2; i++)
    assert.equal((await app.inject(request)).json<{ created: number }>().created, 1);
  const counts = { created: 1, updated: 0, unchanged: 0, rejected: 0 };
  const trail = logLines.filter(({ audit }) => audit === true);
  assert.deepEqual(
    trail.map((line) => [line['replayed'], line['counts']]),
    [
      [undefined, counts],
      [true, counts],
    ],
  );
});

test('a stock count that failed midway and is repeated with its key counts no line twice: a sale in between stays', async (t) => {
  const { app, repair, table, products } = await openImport(t);
  const counted = ['a', 'b', 'broken', 'c']
    .map((productId) =>
      JSON.stringify({ productId, name: 'Mug', price: 1200, currency: 'EUR', inventory: 10 }),
    )
    .join('\n');
  const send = (key: string, payload = counted) =>
    app.inject({
      method: 'POST',
      url: '/products/import?stock=count',
      headers: { ...headers, 'idempotency-key': key },
      payload,
    });
  const sellOneOf = (id: string) => products.changeStock(undefined, id, { delta: -1 }, () => true);
  const onHandOf = async (id: string) => live(await table.get(productKey(id)))?.onHand;

  assert.equal((await send('key')).statusCode, 503);
  await sellOneOf('a');
  repair();
  const { statusCode, body } = await send('key');
  assert.deepEqual([statusCode, JSON.parse(body).rejected], [200, []]);
  assert.deepEqual(await Promise.all(['a', 'broken', 'c'].map(onHandOf)), [9, 10, 10]);

  await sellOneOf('c');
  assert.equal((await send('key')).headers['idempotent-replayed'], 'true');
  assert.deepEqual(await Promise.all(['a', 'c'].map(onHandOf)), [9, 9], 'a lost response');
  await send('another count');
  assert.deepEqual(await Promise.all(['a', 'c'].map(onHandOf)), [10, 10], 'counted again');
});

test('under the key of another line a line is rejected, and others are counted', async (t) => {
  const { app, repair } = await openImport(t);
  const rows = (first: string) => [first, 'broken'].map(lineOf).join('');
  const send = (payload: string) =>
    app.inject({
      method: 'POST',
      url: '/products/import?stock=count',
      headers: { ...headers, 'idempotency-key': 'key' },
      payload,
    });
  assert.equal((await send(rows('a'))).statusCode, 503);
  repair();
  const { created, rejected } = (await send(rows('b'))).json<{
    created: number;
    rejected: { line: number }[];
  }>();
  assert.deepEqual([created, rejected.map(({ line }) => line)], [1, [1]]);
});
