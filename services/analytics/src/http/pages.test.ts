import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProductRow } from '../application/products.ts';
import { finish, TODAY } from '../application/testing.ts';
import { unitFigures } from '../application/units.ts';
import { openApi } from './testing.ts';

const DAYS = ['2026-02-12', '2026-02-13', TODAY];
const RANGE = `from=${DAYS[0]}&to=${TODAY}`;

/** An API with 90 products, many with equal figures, some in totals and some in batches. */
async function openProducts(t: Parameters<typeof openApi>[0]) {
  const api = await openApi(t);
  for (const [day, date] of DAYS.entries()) {
    const products = Array.from({ length: 90 }, (_, i) => {
      const counts = {
        added: 5 + (i % 4),
        removed: i % 3,
        rejected: i % 2,
        expired: i % 5,
        checkedOut: i % 7,
      };
      return [`p${i}`, day === i % 3 ? counts : { added: 1 }] as const;
    });
    await api.batch(date, Object.fromEntries(products));
    if (day === 0) await finish(api.compact(date));
  }
  const list = async (query: string) => (await api.get(`/analytics/products?${RANGE}&${query}`)).body;
  return { ...api, list };
}

test('the pages of each order have every product once, by descending figure, then by id', async (t) => {
  const { list } = await openProducts(t);
  for (const sort of unitFigures) {
    const items: ProductRow[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await list(`sort=${sort}&limit=7${cursor === undefined ? '' : `&cursor=${cursor}`}`);
      assert.ok(page.items.length <= 7);
      items.push(...page.items);
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor !== undefined);
    assert.deepEqual([pages, items.length], [13, 90]);
    const sorted = items.toSorted((a, b) => b[sort] - a[sort] || (a.productId < b.productId ? -1 : 1));
    assert.deepEqual(items, sorted);
    assert.equal(new Set(items.map(({ productId }) => productId)).size, 90);
    assert.ok(items.every(({ trend }) => trend.length === DAYS.length));
    assert.ok(
      items.every((item) => item.trend.reduce((sum, value) => sum + value, 0) === item[sort]),
      sort,
    );
  }
});

test('the default is 20 products by units checked out; a page that ends the list has no cursor', async (t) => {
  const { list } = await openProducts(t);
  const page = await list('');
  assert.equal(page.items.length, 20);
  assert.deepEqual(page, await list('sort=unitsCheckedOut&limit=20&cursor='));
  const all = await list('limit=90');
  assert.deepEqual([all.items.length, all.nextCursor], [90, undefined]);
  assert.ok((await list('limit=89')).nextCursor);
});

test('a cursor of another list, and any other text, is a 400', async (t) => {
  const { list, get } = await openProducts(t);
  const { nextCursor = '' } = await list('sort=unitsAdded&limit=5');
  assert.equal((await list(`sort=unitsAdded&limit=90&cursor=${nextCursor}`)).items.length, 85);
  const forged = (fields: unknown) => Buffer.from(JSON.stringify(fields)).toString('base64url');
  for (const query of [
    `${RANGE}&cursor=${nextCursor}`,
    `${RANGE}&sort=unitsRemoved&cursor=${nextCursor}`,
    `from=2026-02-13&to=${TODAY}&sort=unitsAdded&cursor=${nextCursor}`,
    `from=${DAYS[0]}&to=2026-02-15&sort=unitsAdded&cursor=${nextCursor}`,
    `${RANGE}&sort=unitsAdded&cursor=${nextCursor}x`,
    `${RANGE}&sort=unitsAdded&cursor=${nextCursor.slice(1)}`,
    `${RANGE}&sort=unitsAdded&cursor=x`,
    `${RANGE}&sort=unitsAdded&cursor=${forged(null)}`,
    `${RANGE}&sort=unitsAdded&cursor=${forged({})}`,
    `${RANGE}&sort=unitsAdded&cursor=${forged(['unitsAdded', DAYS[0], TODAY, '1', 'p1'])}`,
    `${RANGE}&sort=unitsAdded&cursor=${forged(['unitsAdded', DAYS[0], TODAY, 1, null])}`,
    `${RANGE}&sort=unitsAdded&cursor=${forged(['unitsAdded', DAYS[0], TODAY, 1, 'p1', 'more'])}`,
  ]) {
    const { status, body } = await get(`/analytics/products?${query}`);
    assert.deepEqual([status, body.type], [400, 'urn:tandem:problem:invalid-cursor'], query);
  }
  const { status, body } = await get(`/analytics/products?${RANGE}&cursor=${'x'.repeat(2_001)}`);
  assert.deepEqual([status, body.errors?.[0]?.pointer], [400, '?cursor']);
});

test('the pages of a CSV list are linked by a header', async (t) => {
  const { get } = await openProducts(t);
  const ids: string[] = [];
  let url: string | undefined = `/analytics/products?${RANGE}&sort=unitsAdded&limit=50`;
  while (url !== undefined) {
    const { text, headers }: Awaited<ReturnType<typeof get>> = await get(url, { accept: 'text/csv' });
    ids.push(
      ...text
        .trimEnd()
        .split('\r\n')
        .slice(1)
        .map((row) => row.split(',')[0] ?? ''),
    );
    url = /^<(.+)>; rel="next"$/.exec(String(headers['link']))?.[1];
  }
  assert.deepEqual([ids.length, new Set(ids).size], [90, 90]);
  assert.equal((await get(`/analytics/products?${RANGE}`)).headers['link'], undefined);
});

test('a product whose figures are all 0 is not listed', async (t) => {
  const { get, batch } = await openApi(t);
  const price = { price: 1, currency: 'EUR' };
  const change = { changedAt: `${TODAY}T10:00:00.000Z`, version: 2, from: price, to: { ...price, price: 2 } };
  await batch(TODAY, { edited: { priceChanges: [change] }, rejected: { rejected: 1 }, old: {} });
  await batch('2026-02-11', { outside: { added: 1 } });
  assert.deepEqual((await get(`/analytics/products?${RANGE}`)).body.items, []);
});
