import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setInterval } from 'node:timers/promises';
import { createProduct } from '@tandem/product/domain/edit-product';
import { productKey } from '@tandem/product/store/entity-types';
import { createTable } from '@tandem/storage/create-table';
import { openSqlite } from '@tandem/storage/sqlite';
import { residentMegabytes, withoutProc } from '../support/linux.ts';
import type { CartBody } from '../support/http.ts';
import { until } from '../support/until.ts';
import { withProcesses } from './with-processes.ts';

const PRODUCTS = Number(process.env['SNAPSHOT_PRODUCTS'] ?? 10_000);
const DEADLINE_MS = 15 * 60_000;
const CARTS = 10;
/** Interval of requests: long, so that the snapshot gets most of the machine. */
const REQUEST_INTERVAL_MS = 25;
/** Limit of the memory in the last quarter of the time, relative to the second quarter. */
const MEMORY_RATIO = 1.2;

/** Creates products without events, as after restoring a backup. */
async function createProducts(directory: string): Promise<void> {
  const store = openSqlite(join(directory, 'product.sqlite'), { busyTimeoutMs: 5_000 });
  const table = createTable(store.driver, { now: () => Date.now() });
  const content = { name: 'White hanging heart T-light holder', price: 255, currency: 'GBP' };
  const now = new Date().toISOString();
  for (let i = 0; i < PRODUCTS; i++) {
    const id = productId(i);
    await table.update(productKey(id), (stored) => ({
      ...createProduct({ stored }, id, { content, inventory: 100 }, now),
      events: [],
    }));
  }
  store.close();
}

function productId(i: number): string {
  return `product-${i}`;
}

/** Version of each product in a service's SQLite file. */
function versionsIn(file: string, entityType: string): ReadonlyMap<string, number> {
  using db = new DatabaseSync(file, { readOnly: true });
  const rows = db.prepare('SELECT pk, version FROM items WHERE pk LIKE ?').all(`${entityType}#%`);
  return new Map(rows.map(({ pk, version }) => [String(pk).slice(entityType.length + 1), Number(version)]));
}

test(
  `Cart's deleted read model of ${PRODUCTS} products is rebuilt from events alone while carts are served`,
  { skip: withoutProc },
  (t) =>
    withProcesses(async ({ children, urls }, { add, call, cart, fill, openCart, putProduct }, directory) => {
      const files = { product: join(directory, 'product.sqlite'), cart: join(directory, 'cart.sqlite') };
      const cartIds = await Promise.all(Array.from({ length: CARTS }, openCart));
      await putProduct('mug', { price: 100, inventory: 10_000 });
      await Promise.all(cartIds.map((id) => fill(id, { mug: 1 })));
      await createProducts(directory);

      await children.cart.stop();
      const db = new DatabaseSync(files.cart);
      const { changes } = db.prepare("DELETE FROM items WHERE pk LIKE 'catalog%'").run();
      db.close();
      assert.ok(Number(changes) >= 2, 'the mug and the marker of the first snapshot');
      await children.cart.start();
      const startedAt = performance.now();

      const changed = new Map<string, number>();
      const memory: Record<'product' | 'cart', number[]> = { product: [], cart: [] };
      let served = 0;
      let rejected = 0;
      const serve = async (i: number) => {
        const id = cartIds[i % CARTS] ?? '';
        const read = await cart(id);
        assert.equal(read.status, 200);
        assert.equal(read.body.items.length, 1);
        const newCart = await openCart();
        const added = await add(newCart, productId(i % PRODUCTS), 1);
        if (added.status === 503) {
          assert.match(added.text, /catalog-not-synchronised/);
          assert.ok(added.headers.get('retry-after'));
          rejected += 1;
        } else assert.equal(added.status, 200, added.text);
        served += 3;
      };
      /** Changes products over the whole catalog, so that some change before their snapshot page and some after it. */
      const change = async (i: number) => {
        const id = productId((i * 7_919) % PRODUCTS);
        const price = 1_000 + i;
        const { status } = await call('PATCH', `/products/${id}`, { body: { price } });
        assert.equal(status, 200);
        changed.set(id, price);
      };
      const isReady = async () => (await fetch(`${urls.cart}/ready`)).status === 200;
      let i = 0;
      for await (const _ of setInterval(REQUEST_INTERVAL_MS)) {
        if (await isReady()) break;
        assert.ok(performance.now() - startedAt < DEADLINE_MS, 'not synchronised in time');
        await serve(i);
        await change(i);
        i += 1;
        if (i % 20 > 0) continue;
        for (const role of ['product', 'cart'] as const)
          memory[role].push(await residentMegabytes(children[role].pid()));
      }
      const rebuiltMs = performance.now() - startedAt;

      await until(
        () => versionsIn(files.cart, 'catalog').size,
        (size) => size === PRODUCTS + 1,
        { deadlineMs: DEADLINE_MS, intervalMs: 500 },
      );
      await until(
        () => {
          const catalog = versionsIn(files.cart, 'catalog');
          const products = versionsIn(files.product, 'product');
          return [...products].filter(([id, version]) => catalog.get(id) !== version);
        },
        (differing) => differing.length === 0,
        { deadlineMs: 60_000, intervalMs: 500 },
      );
      const lastChanged = [...changed].slice(-100);
      const cartId = await openCart();
      await fill(cartId, Object.fromEntries(lastChanged.map(([id]) => [id, 1])));
      const { items } = (await call<CartBody>('GET', `/carts/${cartId}`)).body;
      const prices = new Map(items.map(({ productId: id, currentPrice }) => [id, currentPrice]));
      assert.deepEqual(prices, new Map(lastChanged));

      t.diagnostic(
        `${PRODUCTS} products in ${(rebuiltMs / 1000).toFixed(1)} s; meanwhile ${served} requests served, ${rejected} adds rejected with Retry-After, ${changed.size} products changed`,
      );
      for (const [role, samples] of Object.entries(memory)) {
        const quarter = Math.floor(samples.length / 4);
        const [early, late] = [samples.slice(quarter, 2 * quarter), samples.slice(-quarter)].map(median);
        t.diagnostic(
          `${role}: ${early?.toFixed(0)} MB in the second quarter, ${late?.toFixed(0)} MB in the last`,
        );
        assert.ok(
          (late ?? 0) < (early ?? 0) * MEMORY_RATIO,
          `${role} grows: ${samples.map(Math.round).join(' ')}`,
        );
      }
    }),
);

function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0;
}
