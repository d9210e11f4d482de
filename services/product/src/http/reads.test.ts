import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createApp } from '@tandem/chassis/http/app';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import { cachedTable } from '@tandem/storage/cached';
import { createTable } from '@tandem/storage/create-table';
import type { Driver } from '@tandem/storage/driver';
import { openSqlite } from '@tandem/storage/sqlite';
import { createProducts } from '../application/products.ts';
import { registerReads } from './reads.ts';

const NOW = '2026-02-14T15:00:00.000Z';
const always = () => true;

/** Product's reads without the cache of a second, and the types of the items that each has read. */
async function openReads(t: TestContext) {
  const { driver, close } = openSqlite(':memory:');
  t.after(close);
  let reads: string[] = [];
  const recording: Driver = {
    ...driver,
    read: (pks, options) => {
      reads.push(...pks.map((pk) => pk.split('#')[0] ?? ''));
      return driver.read(pks, options);
    },
  };
  const now = () => Date.parse(NOW);
  const products = createProducts({ table: createTable(driver, { now }), now: () => NOW });
  const app = await createApp({
    name: 'reads',
    version: '1',
    description: '',
    logger: createLogger({ name: 'reads', level: 'silent' }),
    metrics: createMetrics(),
    auth: { authenticate: async () => undefined },
    health: { ready: async () => [] },
  });
  registerReads(app, cachedTable(createTable(recording, { now }), { ttlMs: 0, maxItems: 1 }));
  await app.ready();
  t.after(() => app.close());
  const read = async () => {
    reads = [];
    const response = await app.inject('/products/mug');
    const { description, inventory } = response.json<{ description?: string; inventory?: number }>();
    return { status: response.statusCode, description, inventory, reads };
  };
  return { products, read };
}

test('a description that is known is not read again, however often the stock moves', async (t) => {
  const { products, read } = await openReads(t);
  const content = { name: 'mug', price: 1, currency: 'EUR', description: 'blue' };
  await products.create(undefined, 'mug', { content, inventory: 5 });
  const known = { status: 200, description: 'blue', reads: ['product'] };
  assert.deepEqual(await read(), { ...known, inventory: 5, reads: ['product', 'description'] });
  assert.deepEqual(await read(), { ...known, inventory: 5 });
  await products.changeStock(undefined, 'mug', { delta: 1 }, always);
  assert.deepEqual(await read(), { ...known, inventory: 6 });
});

test('a description that has changed, was added or removed is that of the version of the product', async (t) => {
  const { products, read } = await openReads(t);
  const content = { name: 'mug', price: 1, currency: 'EUR' };
  await products.create(undefined, 'mug', { content, inventory: 5 });
  const descriptionOf = async () => (await read()).description;
  assert.equal(await descriptionOf(), undefined);
  assert.deepEqual((await read()).reads, ['product']);
  for (const description of ['blue', 'red', null, 'green']) {
    await products.patch('mug', { description }, always);
    assert.equal(await descriptionOf(), description ?? undefined);
    assert.equal(await descriptionOf(), description ?? undefined);
  }
  await products.delete('mug', always);
  assert.equal((await read()).status, 404);
  await products.create(undefined, 'mug', { content: { ...content, description: 'new' }, inventory: 1 });
  assert.equal(await descriptionOf(), 'new');
});
